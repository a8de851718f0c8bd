import ChatTemplates
import Mullama

extension GenerationOptions {
    /// How an answer is to be chosen, by the names that OpenAI's API and other local servers have for it. What is not said stays at its default.
    init(_ fields: RequestFields) throws(APIError) {
        self.init()
        try self.readSampling(fields)
        // Clients write -1 for any seed.
        if let value = try fields.integer("seed"), value != -1 { self.seed = UInt64(bitPattern: Int64(value)) }
        self.logitBias = try Self.logitBias(fields)
        self.ignoreEndOfGeneration = try fields.boolean("ignore_eos") ?? false
        self.grammar = try fields.string("grammar")
        self.priority = try fields.priority()
        self.deadline = try fields.timeout()
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
