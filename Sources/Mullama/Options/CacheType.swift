import ModelStore

// Each case has ggml's own spelling: q4_0 and q40 would not be the same to a reader.
// swift-format-ignore: AlwaysUseLowerCamelCase
/// How the numbers of the KV cache are stored.
///
/// Fewer bits hold more and longer contexts in the same memory, and cost three things. llama.cpp can only read a quantized cache with flash
/// attention, which is switched on then: on a CPU it slows generating down, to half behind a prompt of a thousand words. What was stored is
/// rounded, so answers change, with 4 bits visibly. And the promise that an answer does not depend on what else runs holds for ``f16`` alone,
/// since flash attention computes a prompt slightly differently for each way of cutting it.
public enum CacheType: String, Sendable, Hashable, Codable, CaseIterable {
    /// 16 bits for each number, the default: nothing is lost.
    case f16
    /// 8.5 bits, a little more than half the memory.
    case q8_0
    case q5_1
    case q5_0
    case q4_1
    /// 4.5 bits, a little more than a quarter of the memory.
    case q4_0

    /// Whether numbers are packed in blocks, which needs flash attention.
    public var isQuantized: Bool { self != .f16 }
}

extension CacheType {
    var ggml: GGMLType {
        switch self {
        case .f16: .f16
        case .q8_0: .q8_0
        case .q5_1: .q5_1
        case .q5_0: .q5_0
        case .q4_1: .q4_1
        case .q4_0: .q4_0
        }
    }

    /// Bytes of so many numbers that lie together.
    func bytes(_ elements: Int) -> Int {
        let blocks = elements / self.ggml.blockSize + (elements.isMultiple(of: self.ggml.blockSize) ? 0 : 1)
        return blocks.saturatingTimes(self.ggml.bytesPerBlock)
    }
}
