import Foundation
import Mullama

/// An answer as JSON.
struct AnswerReport: Encodable {
    struct Usage: Encodable {
        let promptTokens: Int
        let cachedTokens: Int
        let completionTokens: Int
        let totalTokens: Int
    }

    /// In seconds.
    struct Timings: Encodable {
        let queued: Double
        let prefill: Double
        let decode: Double
    }

    let text: String
    let finishReason: FinishReason
    let model: String
    let seed: UInt64
    /// Missing, like the two below, for an answer that was broken off.
    let usage: Usage?
    let timings: Timings?
    let tokensPerSecond: Double?

    init(_ answer: Answer, model: String) {
        self.text = answer.text
        self.finishReason = answer.finishReason
        self.model = answer.model ?? model
        self.seed = answer.seed
        self.usage = answer.measures.map {
            Usage(
                promptTokens: $0.usage.promptTokens,
                cachedTokens: $0.usage.cachedTokens,
                completionTokens: $0.usage.completionTokens,
                totalTokens: $0.usage.totalTokens
            )
        }
        self.timings = answer.measures.map {
            Timings(
                queued: $0.timings.queued.inSeconds,
                prefill: $0.timings.prefill.inSeconds,
                decode: $0.timings.decode.inSeconds
            )
        }
        self.tokensPerSecond = answer.measures?.decodeRate(answer.finishReason)
    }
}
