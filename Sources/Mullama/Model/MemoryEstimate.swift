public import Foundation
import InferenceCore
public import ModelStore

/// What a model will take in memory, in bytes, from the header of its file: the weights are not read.
///
/// The cache is 2 bytes (F16) for each element of keys and values: layers × tokens × KV heads × (key length + value length), with the heads
/// counted layer by layer. It is what the contexts take when they are full; it grows with use. Compute buffers are what llama.cpp plans for a
/// step on a CPU: attention scores and mask for each of the step's rows, three vectors of the network's width and one of its feed-forward
/// width for each, and the scores of all tokens for each context (compared with llama.cpp 0.5's own figures: equal to 0.1 %).
public struct MemoryEstimate: Sendable, Hashable {
    /// The weights. Mapped from the file, they count as cache of the system and are shared with other processes.
    public var weights: Int
    /// KV cache of one context.
    public var cachePerContext: Int
    /// The contexts that the total is for.
    public var parallel: Int
    /// Buffers for the intermediate results of a step.
    public var compute: Int

    public var cache: Int { Self.product(self.cachePerContext, self.parallel) }
    public var total: Int { Self.sum(self.weights, Self.sum(self.cache, self.compute)) }

    /// - Parameters:
    ///   - contextSize: Tokens of each context; nil for 4,096, or what the model was trained for if that is less.
    ///   - parallel: Contexts in use at the same time.
    /// - Throws: ``MullamaError`` if the file is not a readable GGUF model. Reads the file's header, a few milliseconds, on the calling thread.
    public static func `for`(modelAt url: URL, contextSize: Int? = nil, parallel: Int = 1) throws(MullamaError) -> MemoryEstimate {
        try ContextParams(contextSize: contextSize).validate()
        guard (1...256).contains(parallel) else {
            throw MullamaError(.invalidRequest, "parallel is \(parallel): it must be 1 to 256")
        }
        do {
            let header = try GGUFHeader(contentsOf: url)
            return MemoryEstimate(header, contextSize: header.contextSize(contextSize), parallel: parallel)
        } catch {
            throw MullamaError(error)
        }
    }

    /// The same for a header that was read already.
    public init(_ header: GGUFHeader, contextSize: Int, parallel: Int) {
        let cells = contextSize.roundedUp(toMultipleOf: 256)
        let rows = max(BackendLimits.rows, parallel)
        let heads = header.headCounts.max() ?? 1
        let feedForward = header.fact("feed_forward_length")?.int ?? 0
        let perRow = Self.sum(Self.product(cells, 4 * (heads + 1)), 4 * (3 * (header.embeddingLength ?? 0) + feedForward))

        self.weights = header.weightsSize
        self.cachePerContext = Self.product(cells, header.cacheBytesPerToken)
        self.parallel = parallel
        self.compute = Self.sum(Self.product(rows, perRow), Self.product(parallel, 4 * (header.vocabularySize ?? 0)))
    }

    /// The header is a file's, and may say anything: figures beyond what there is stay at the largest number.
    private static func product(_ lhs: Int, _ rhs: Int) -> Int {
        let (value, overflow) = lhs.multipliedReportingOverflow(by: rhs)
        return overflow ? .max : value
    }

    private static func sum(_ lhs: Int, _ rhs: Int) -> Int {
        let (value, overflow) = lhs.addingReportingOverflow(rhs)
        return overflow ? .max : value
    }
}

extension GGUFHeader {
    /// Bytes of KV cache that one token takes, all layers together.
    var cacheBytesPerToken: Int {
        let perHead = ((self.keyLength ?? 0) + (self.valueLength ?? 0)) * 2
        let heads = self.headCountsKV
        let all = heads.count > 1 ? heads.reduce(0, +) : (heads.first ?? 0) * (self.layerCount ?? 0)
        let (bytes, overflow) = all.multipliedReportingOverflow(by: perHead)
        return overflow ? .max : bytes
    }

    func contextSize(_ wanted: Int?) -> Int {
        wanted ?? min(4096, self.trainingContextSize ?? 4096)
    }
}

extension Int {
    func roundedUp(toMultipleOf unit: Int) -> Int {
        (self + unit - 1) / unit * unit
    }
}
