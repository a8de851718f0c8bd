extension RequestFields {
    /// How many alternatives are told for each token, beside how likely it was; nil tells nothing of it.
    func logprobs() throws(APIError) -> Int? {
        let areWanted = try self.boolean("logprobs") ?? false
        let top = try self.integer("top_logprobs", in: 0...20) ?? 0
        guard areWanted || top == 0 else { throw APIError.invalid("top_logprobs", "top_logprobs is \(top): it takes logprobs to be true") }
        return areWanted ? top : nil
    }
}
