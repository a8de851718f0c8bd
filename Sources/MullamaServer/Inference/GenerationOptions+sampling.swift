import Mullama

extension GenerationOptions {
    /// Tokens that penalties look back at most; contexts are not longer in practice.
    static let longestLookBack = 1_000_000

    /// How tokens are to be chosen, by the names that all local servers have for it. What is not said stays as it is.
    ///
    /// - Parameter context: Tokens of the context, if the request says how many; a look back over all of it is no longer then.
    mutating func readSampling(_ fields: RequestFields, context: Int? = nil) throws(APIError) {
        if let value = try fields.number("temperature", in: 0...5) { self.temperature = value }
        // Clients write -1 for all tokens, as 0 is.
        if let value = try fields.integer("top_k", in: -1...Int.max) { self.topK = min(max(value, 0), Int(Int32.max)) }
        if let value = try fields.number("top_p", in: 0...1) { self.topP = Self.mass(value) }
        if let value = try fields.number("min_p", in: 0...1) { self.minP = value }
        if let value = try fields.number("typical_p", in: 0...1) { self.typicalP = Self.mass(value) }
        let penalty = try fields.alias(["repeat_penalty", "repetition_penalty"]) { name throws(APIError) in
            try fields.number(name, in: 0.01...100)
        }
        if let penalty { self.repeatPenalty = penalty }
        if let value = try fields.number("frequency_penalty", in: -100...100) { self.frequencyPenalty = value }
        if let value = try fields.number("presence_penalty", in: -100...100) { self.presencePenalty = value }
        // And -1 for the whole context.
        if let value = try fields.integer("repeat_last_n", in: -1...Self.longestLookBack) {
            self.repeatLastN = value < 0 ? min(context ?? Self.longestLookBack, Self.longestLookBack) : value
        }
        self.stop = try Self.stop(fields)
    }

    /// A part of all probability. None of it still leaves the most likely token.
    private static func mass(_ value: Double) -> Double { max(value, 1e-6) }

    private static func stop(_ fields: RequestFields) throws(APIError) -> [String] {
        let texts = try fields.strings("stop") ?? []
        if let index = texts.firstIndex(of: "") {
            let name = fields.name("stop")
            throw APIError.invalid(name, "\(name)[\(index)] is empty: every answer would end before it began")
        }
        return texts
    }
}
