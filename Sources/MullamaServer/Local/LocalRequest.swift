package import ChatTemplates
import Foundation
package import Mullama

/// What `mullama run` asks of a daemon: everything that it would have asked of a model of its own. Both sides read and write it here.
package struct LocalRequest: Sendable {
    package enum Prompt: Sendable {
        /// The text as it is.
        case raw(String)
        /// Rendered with the model's chat template.
        case messages([ChatMessage])
    }

    package var model: String
    package var prompt: Prompt
    package var maxTokens: Int
    /// Nil for the daemon's.
    package var contextSize: Int?
    package var options: GenerationOptions

    package init(model: String, prompt: Prompt, maxTokens: Int, contextSize: Int? = nil, options: GenerationOptions) {
        self.model = model
        self.prompt = prompt
        self.maxTokens = maxTokens
        self.contextSize = contextSize
        self.options = options
    }

    package var json: TemplateValue {
        var fields: TemplateDictionary = ["model": .string(self.model), "max_tokens": .integer(self.maxTokens)]
        switch self.prompt {
        case .raw(let text): fields["prompt"] = .string(text)
        case .messages(let messages): fields["messages"] = .list(messages.map(\.json))
        }
        fields["context_size"] = self.contextSize.map { .integer($0) }
        let options = self.options
        fields["temperature"] = .double(options.temperature)
        fields["top_k"] = .integer(options.topK)
        fields["top_p"] = .double(options.topP)
        fields["min_p"] = .double(options.minP)
        fields["typical_p"] = .double(options.typicalP)
        fields["repeat_penalty"] = .double(options.repeatPenalty)
        fields["repeat_last_n"] = .integer(options.repeatLastN)
        fields["frequency_penalty"] = .double(options.frequencyPenalty)
        fields["presence_penalty"] = .double(options.presencePenalty)
        // JSON has no unsigned integers: the same bits.
        fields["seed"] = options.seed.map { .integer(Int(bitPattern: UInt($0))) }
        fields["stop"] = options.stop.isEmpty ? nil : .list(options.stop.map { .string($0) })
        fields["grammar"] = options.grammar.map { .string($0) }
        fields["timeout"] = options.deadline.map { .double($0 / .seconds(1)) }
        return .dictionary(fields)
    }

    init(_ fields: RequestFields) throws {
        guard let model = try fields.model() else { throw APIError.invalid("model", "model is missing: name one") }
        self.model = model
        switch (try fields.string("prompt"), try fields.list("messages")) {
        case (let text?, nil): self.prompt = .raw(text)
        case (nil, let items?):
            self.prompt = .messages(try items.enumerated().map { try ChatMessage(json: $1, at: "messages[\($0)]") })
        default: throw APIError.invalid("prompt", "give either prompt or messages")
        }
        self.maxTokens = try fields.integer("max_tokens", in: 1...Int.max) ?? .max
        self.contextSize = try fields.integer("context_size")
        var options = try GenerationOptions(fields)
        // All bits of it, also those that other clients mean "any" by.
        options.seed = try fields.integer("seed").map { UInt64(UInt(bitPattern: $0)) }
        self.options = options
    }

    var inference: InferenceRequest {
        let prompt: InferenceRequest.Prompt =
            switch self.prompt {
            case .raw(let text): .text(text)
            case .messages(let messages): .chat(messages: messages, tools: [], variables: [:])
            }
        var request = InferenceRequest(model: self.model, prompts: [prompt])
        request.maxTokens = self.maxTokens
        request.contextSize = self.contextSize
        request.options = self.options
        // Loading a model of its own would not count either.
        request.deadlineCountsLoad = false
        return request
    }
}
