/// What came of a step.
public struct StepOutcome: Sendable {
    /// A token chosen for a request, with the bytes of its text.
    public struct Sample: Sendable, Equatable {
        public var request: RequestID
        public var token: Token
        public var piece: [UInt8]
        public var isEndOfGeneration: Bool
        /// How likely the model found it; nil unless the request asked for that.
        public var logprob: TokenLogprob?

        public init(
            request: RequestID,
            token: Token,
            piece: [UInt8],
            isEndOfGeneration: Bool = false,
            logprob: TokenLogprob? = nil
        ) {
            self.request = request
            self.token = token
            self.piece = piece
            self.isEndOfGeneration = isEndOfGeneration
            self.logprob = logprob
        }
    }

    /// What came of a cache that was made beside the present one.
    public enum Preparation: Sendable, Equatable {
        case ready(CacheGeometry)
        case failed(CacheGeometry, RequestFault)
    }

    public var samples: [Sample]
    /// How likely the targets were of those requests' chunks that have any.
    public var scores: [RequestID: [TokenLogprob]] = [:]
    /// Requests whose rows were not computed or not sampled, and why. Every other request of the plan advanced.
    public var faults: [RequestID: RequestFault]
    /// Requests whose prefill chunk was broken off since they are about to be cancelled. The cache is as if it had not been begun.
    public var aborted: Set<RequestID>
    /// Requests whose cached beginning could not be put into their slot. Nothing of theirs was computed, and the slot holds nothing of use.
    public var unserved: Set<RequestID>
    /// Prefixes that were to be kept outside of the cache and are not.
    public var unparked: Set<ParkID>
    /// What the prefixes take that were put outside of the cache, in tokens of the cache.
    public var parkedSizes: [ParkID: Int]
    /// The cache could not be given its new shape. Then it is as it was, and nothing of the step was done.
    public var resizeFault: RequestFault?
    /// Whether the cache that was being made is there; nil while it is not.
    public var preparation: Preparation?
    /// The backend cannot go on. What its cache held is lost, and nothing of the step counts.
    public var engineFault: RequestFault?
    /// How long the decode batch took; nil if there was none.
    public var decodeTime: Duration?
    /// How long all prefill chunks took; nil if there were none.
    public var prefillTime: Duration?
    /// How long the changes to the cache took; nil if there were none.
    public var memoryTime: Duration?

    /// Whether a request's earlier rows of this step were computed, so that its later ones may be.
    public func isGoing(_ request: RequestID) -> Bool {
        self.faults[request] == nil && !self.aborted.contains(request) && !self.unserved.contains(request)
    }

    /// Whether all rows of the plan were computed.
    var isWhole: Bool { self.faults.isEmpty && self.aborted.isEmpty && self.unserved.isEmpty }

    public init(
        samples: [Sample] = [],
        faults: [RequestID: RequestFault] = [:],
        aborted: Set<RequestID> = [],
        unserved: Set<RequestID> = [],
        unparked: Set<ParkID> = [],
        parkedSizes: [ParkID: Int] = [:],
        resizeFault: RequestFault? = nil,
        preparation: Preparation? = nil,
        engineFault: RequestFault? = nil,
        decodeTime: Duration? = nil,
        prefillTime: Duration? = nil,
        memoryTime: Duration? = nil
    ) {
        self.samples = samples
        self.faults = faults
        self.aborted = aborted
        self.unserved = unserved
        self.unparked = unparked
        self.parkedSizes = parkedSizes
        self.resizeFault = resizeFault
        self.preparation = preparation
        self.engineFault = engineFault
        self.decodeTime = decodeTime
        self.prefillTime = prefillTime
        self.memoryTime = memoryTime
    }
}
