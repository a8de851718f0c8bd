import InferenceCore

/// The calls to the C library that a check is made of, each told apart by its tokens. Belongs to one thread.
final class ProbeCalls {
    private(set) var context: LlamaContext?
    private let recipe: ContextRecipe
    private let vocabularySize: Int
    private var batch: BatchBuffer
    private let clock = ContinuousClock()

    /// - Parameter largestChunk: The most tokens of a call.
    init(_ recipe: ContextRecipe, vocabularySize: Int, largestChunk: Int) {
        self.recipe = recipe
        self.vocabularySize = vocabularySize
        self.batch = BatchBuffer(capacity: max(recipe.rows, largestChunk))
    }

    /// The most rows that the C library computes at once.
    var rows: Int { self.recipe.rows }

    func make(_ geometry: CacheGeometry) throws(RequestFault) {
        self.context = nil
        self.context = try self.recipe.make(geometry)
    }

    /// - Returns: The logits after the last token, if they are wanted.
    @discardableResult
    func compute(_ position: Int, _ count: Int, in slot: Int32, wantsLogits: Bool = false) throws(RequestFault) -> [Float] {
        self.batch.removeAll()
        for index in position..<(position + count) {
            let isLast = index == position + count - 1
            self.batch.append(self.token(index), at: index, in: SlotID(slot), wantsLogits: wantsLogits && isLast)
        }
        try self.run()
        return wantsLogits ? self.logits(count - 1) : []
    }

    /// Computes the token after a prefix for each of the sequences, in one batch.
    func decode(
        _ sequences: [Int],
        after prefix: SequenceSnapshot?,
        at position: Int
    ) throws(RequestFault) -> (
        rows: [[Float]], time: Duration
    ) {
        self.batch.removeAll()
        for sequence in sequences {
            let slot = SlotID(Int32(sequence))
            guard let prefix, self.context?.restore(prefix, into: slot) ?? false else {
                throw RequestFault(.engineFailed, "the model's cache does not take a sequence back")
            }
            self.batch.append(self.token(1_000 + sequence), at: position, in: slot, wantsLogits: true)
        }
        let begin = self.clock.now
        try self.run()
        let time = self.clock.now - begin
        return (sequences.indices.map { self.logits($0) }, time)
    }

    /// Any tokens do, as long as each position and sequence has its own.
    private func token(_ index: Int) -> Token {
        Token(rawValue: Int32((index * 7_919 + 17) % max(1, self.vocabularySize)))
    }

    private func run() throws(RequestFault) {
        let code = self.context?.decode(self.batch) ?? -1
        guard code == 0 else {
            throw RequestFault(.engineFailed, "llama.cpp could not compute a batch of the check", underlying: Int(code))
        }
    }

    private func logits(_ row: Int) -> [Float] {
        self.context?.logits(row: row).map { Array($0) } ?? []
    }
}
