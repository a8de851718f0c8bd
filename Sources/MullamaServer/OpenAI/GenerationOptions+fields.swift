import ChatTemplates
import Mullama

extension GenerationOptions {
    /// How an answer is to be chosen, by the names that OpenAI's API and other local servers have for it. What is not said stays at its default.
    init(_ fields: RequestFields) throws(APIError) {
        self.init()
        if let value = try fields.number("temperature", in: 0...5) { self.temperature = value }
        // Clients write -1 for all tokens.
        if let value = try fields.integer("top_k", in: -1...Int(Int32.max)) { self.topK = max(0, value) }
        if let value = try fields.number("top_p", in: 0...1) { self.topP = Self.mass(value) }
        if let value = try fields.number("min_p", in: 0...1) { self.minP = value }
        if let value = try fields.number("typical_p", in: 0...1) { self.typicalP = Self.mass(value) }
        let penalty = try fields.alias(["repeat_penalty", "repetition_penalty"]) { name throws(APIError) in
            try fields.number(name, in: 0.01...100)
        }
        if let penalty { self.repeatPenalty = penalty }
        // And -1 for the whole context.
        if let value = try fields.integer("repeat_last_n", in: -1...1_000_000) { self.repeatLastN = value < 0 ? 1_000_000 : value }
        if let value = try fields.number("frequency_penalty", in: -100...100) { self.frequencyPenalty = value }
        if let value = try fields.number("presence_penalty", in: -100...100) { self.presencePenalty = value }
        // And -1 for any seed.
        if let value = try fields.integer("seed"), value != -1 { self.seed = UInt64(bitPattern: Int64(value)) }
        self.stop = try Self.stop(fields)
        self.logitBias = try Self.logitBias(fields)
        self.ignoreEndOfGeneration = try fields.boolean("ignore_eos") ?? false
        self.grammar = try fields.string("grammar")
        self.priority = try fields.priority()
        self.deadline = try fields.timeout()
    }

    /// A part of all probability. None of it still leaves the most likely token.
    private static func mass(_ value: Double) -> Double { max(value, 1e-6) }

    private static func stop(_ fields: RequestFields) throws(APIError) -> [String] {
        let texts = try fields.strings("stop") ?? []
        if let index = texts.firstIndex(of: "") {
            throw APIError.invalid("stop", "stop[\(index)] is empty: every answer would end before it began")
        }
        return texts
    }

    private static func logitBias(_ fields: RequestFields) throws(APIError) -> [Token: Double] {
        guard let biases = try fields.fields("logit_bias") else { return [:] }
        var all: [Token: Double] = [:]
        for (key, _) in biases.object {
            guard let token = Int32(key), token >= 0 else {
                throw APIError.invalid(
                    "logit_bias",
                    "logit_bias has '\(key.prefix(40))': tokens are named by their numbers, such as \"50256\""
                )
            }
            guard let bias = try biases.number(key, in: -100_000...100_000) else { continue }
            all[Token(rawValue: token)] = bias
        }
        return all
    }
}
