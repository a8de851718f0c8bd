public import Foundation
import InferenceCore
public import ModelStore

/// What a model will take in memory, in bytes, from the header of its file: the weights are not read.
///
/// The cache is 2 bytes (F16) for each element of keys and values: layers × tokens × KV heads × (key length + value length), with the heads
/// counted layer by layer. It is what the contexts take when they are full; it grows with use. Compute buffers are estimated from the largest
/// intermediate results of a step, the attention scores and the feed-forward layer.
public struct MemoryEstimate: Sendable, Hashable {
    /// The weights. Mapped from the file, they count as cache of the system and are shared with other processes.
    public var weights: Int
    /// KV cache of one context.
    public var cachePerContext: Int
    /// The contexts that the total is for.
    public var parallel: Int
    /// Buffers for the intermediate results of a step.
    public var compute: Int

    public var cache: Int { self.cachePerContext * self.parallel }
    public var total: Int { self.weights + self.cache + self.compute }

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
        self.weights = header.weightsSize
        self.cachePerContext = cells * header.cacheBytesPerToken
        self.parallel = parallel
        let rows = max(BackendLimits.rows, parallel)
        let attention = cells * rows * (header.headCount ?? 1) * 4
        let width = max(header.embeddingLength ?? 0, header.fact("feed_forward_length")?.int ?? 0)
        let output = (header.vocabularySize ?? 0) * parallel * 4
        self.compute = attention + 4 * width * rows * 4 + output
    }
}

extension GGUFHeader {
    /// Bytes of KV cache that one token takes, all layers together.
    var cacheBytesPerToken: Int {
        let perHead = ((self.keyLength ?? 0) + (self.valueLength ?? 0)) * 2
        let heads = self.headCountsKV
        guard heads.count > 1 else { return (heads.first ?? 0) * (self.layerCount ?? 0) * perHead }
        return heads.reduce(0, +) * perHead
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
