/// One step of the engine: changes to the cache first, then the rows to compute.
public struct StepPlan: Sendable, Equatable {
    /// The next token of a sequence that is generating. A step's decode rows are computed in one batch, or in as few as the shape allows.
    public struct DecodeRow: Sendable, Equatable {
        public var request: RequestID
        public var slot: SlotID
        public var token: Token
        public var position: Int

        public init(request: RequestID, slot: SlotID, token: Token, position: Int) {
            self.request = request
            self.slot = slot
            self.token = token
            self.position = position
        }
    }

    /// A part of a prompt. Each chunk is a batch of its own: mixed with others, the C library would split it by its own rules.
    public struct PrefillChunk: Sendable, Equatable {
        public var request: RequestID
        public var slot: SlotID
        public var tokens: ArraySlice<Token>
        public var position: Int
        /// Whether this is the end of the prompt, after which the first token is sampled.
        public var isLast: Bool
        /// The tokens that follow the first rows, one each, if it is asked how likely they are; else none.
        public var targets: ArraySlice<Token>

        public init(
            request: RequestID,
            slot: SlotID,
            tokens: ArraySlice<Token>,
            position: Int,
            isLast: Bool,
            targets: ArraySlice<Token> = []
        ) {
            self.request = request
            self.slot = slot
            self.tokens = tokens
            self.position = position
            self.isLast = isLast
            self.targets = targets
        }
    }

    public var memory: [MemoryOp]
    public var decode: [DecodeRow]
    /// How many of the decode rows are computed together, one batch after the other; what the sizes leave is one more.
    public var decodeBatches: [Int] = []
    public var prefill: [PrefillChunk]
    /// What may be computed together.
    public var shape: StepShape

    /// A cache of this shape is to be made beside the present one while the steps go on; nil: none is, and one that was made is let go of.
    public var preparing: CacheGeometry?

    public init(
        memory: [MemoryOp] = [],
        decode: [DecodeRow] = [],
        prefill: [PrefillChunk] = [],
        shape: StepShape = .any,
        preparing: CacheGeometry? = nil
    ) {
        self.shape = shape
        self.preparing = preparing
        self.memory = memory
        self.decode = decode
        self.prefill = prefill
    }

    public var isEmpty: Bool { self.memory.isEmpty && self.preparing == nil && !self.hasRows }
    /// The decode rows as they are computed: batch after batch.
    package var decodeRuns: [[DecodeRow]] {
        self.decode.split(into: self.decodeBatches).flatMap { $0.split(intoAtMost: self.shape.decodeBatch).map { Array($0) } }
    }
    /// Whether anything is computed.
    public var hasRows: Bool { !self.decode.isEmpty || !self.prefill.isEmpty }
    /// Whether the cache gets another shape.
    var resizes: Bool { self.memory.contains { if case .resize = $0 { true } else { false } } }
    /// Tokens whose cells are copied from one place to another before anything is computed.
    public var movedTokens: Int {
        self.memory.reduce(0) { sum, op in
            switch op {
            case .copy(_, _, let count), .park(_, _, let count): sum + count
            default: sum
            }
        }
    }
    public var prefillTokens: Int { self.prefill.reduce(0) { $0 + $1.tokens.count } }
}
