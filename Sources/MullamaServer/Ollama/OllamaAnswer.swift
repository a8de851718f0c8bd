import ChatTemplates
import Foundation
import Mullama

/// Puts an answer into the words of `/api/generate` or `/api/chat`.
struct OllamaAnswer: Sendable {
    enum Shape: Sendable {
        case generate
        case chat

        /// A line that is nothing but the answer to having a model loaded or unloaded.
        ///
        /// - Parameter reason: `load` or `unload`.
        func rest(_ reason: String, of model: String) -> TemplateValue {
            var line = self.line("", of: model, isLast: true)
            line["done_reason"] = .string(reason)
            return .dictionary(line)
        }

        fileprivate func line(_ text: String, of model: String, isLast: Bool) -> TemplateDictionary {
            var line: TemplateDictionary = ["model": .string(model), "created_at": .string(Date.now.rfc3339)]
            switch self {
            case .generate: line["response"] = .string(text)
            case .chat: line["message"] = ["role": "assistant", "content": .string(text)]
            }
            line["done"] = .boolean(isLast)
            return line
        }
    }

    let shape: Shape
    /// As the client calls it.
    let model: String
    /// When the request came.
    let received: ContinuousClock.Instant
    /// How long it waited for the model.
    let loadTime: Duration

    /// Whether it is told how likely tokens were.
    let hasLogprobs: Bool

    /// A part of a streamed answer; nil for one with nothing in it.
    func part(_ chunk: GenerationChunk) -> TemplateValue? {
        guard !chunk.text.isEmpty || !chunk.logprobs.isEmpty else { return nil }
        var line = self.shape.line(chunk.text, of: self.model, isLast: false)
        if self.hasLogprobs { line["logprobs"] = OllamaLogprobs.json(chunk.logprobs) }
        return .dictionary(line)
    }

    /// An answer that is not streamed.
    func whole(_ generation: Generation) -> TemplateValue {
        var line = self.last(generation.text, generation.finishReason, generation.usage, generation.timings)
        if self.hasLogprobs { line["logprobs"] = OllamaLogprobs.json(generation.logprobs) }
        return .dictionary(line)
    }

    /// The end of a streamed answer.
    func end(_ end: InferenceEnd) -> TemplateValue {
        .dictionary(self.last("", end.reason, end.usage, end.timings))
    }

    private func last(_ text: String, _ reason: FinishReason, _ usage: Usage, _ timings: Timings) -> TemplateDictionary {
        var line = self.shape.line(text, of: self.model, isLast: true)
        line["done_reason"] = reason == .length ? "length" : "stop"
        line["total_duration"] = .nanoseconds(.now - self.received)
        line["load_duration"] = .nanoseconds(self.loadTime)
        line["prompt_eval_count"] = .integer(usage.promptTokens)
        line["prompt_eval_duration"] = .nanoseconds(timings.prefill)
        line["eval_count"] = .integer(usage.completionTokens)
        // Clients divide by it, and one token alone has no time after it.
        line["eval_duration"] = .nanoseconds(max(timings.decode, .nanoseconds(1)))
        return line
    }
}

extension Date {
    /// With milliseconds, in UTC: `2026-11-27T18:00:00.123Z`.
    var rfc3339: String { self.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
}

extension TemplateValue {
    static func nanoseconds(_ duration: Duration) -> TemplateValue {
        let (seconds, attoseconds) = duration.components
        return .integer(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
    }
}
