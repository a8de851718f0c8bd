import CLlama
import ModelStore

// Each case has ggml's own spelling, as those of `CacheType`.
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A way of storing weights that llama.cpp can convert a model to.
public enum WeightFormat: String, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
    case q4_0 = "Q4_0"
    case q4_1 = "Q4_1"
    case q4_K_M = "Q4_K_M"
    case q5_K_M = "Q5_K_M"
    case q6_K = "Q6_K"
    case q8_0 = "Q8_0"

    /// The name as llama.cpp's tools and most files have it.
    public var description: String { self.rawValue }

    /// What a file in this format says of itself.
    var fileType: GGUFFileType { GGUFFileType(rawValue: self.llama.rawValue) }

    var llama: llama_ftype {
        switch self {
        case .q4_0: LLAMA_FTYPE_MOSTLY_Q4_0
        case .q4_1: LLAMA_FTYPE_MOSTLY_Q4_1
        case .q4_K_M: LLAMA_FTYPE_MOSTLY_Q4_K_M
        case .q5_K_M: LLAMA_FTYPE_MOSTLY_Q5_K_M
        case .q6_K: LLAMA_FTYPE_MOSTLY_Q6_K
        case .q8_0: LLAMA_FTYPE_MOSTLY_Q8_0
        }
    }

    /// More bits than a weight takes, the tensors counted that the format stores in a better one.
    private var bitsAtMost: Int {
        switch self {
        case .q4_0, .q4_1, .q4_K_M: 7
        case .q5_K_M: 8
        case .q6_K, .q8_0: 9
        }
    }

    /// More bytes than a file in this format will have.
    func largestSize(of header: GGUFHeader) -> Int {
        let facts = max(0, header.fileSize - header.weightsSize)
        return header.parameterCount.saturatingTimes(self.bitsAtMost).saturatingPlus(7) / 8 + facts
    }
}
