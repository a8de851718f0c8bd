extension RequestFields {
    /// How long an answer may get, by any of its names, and `missing` if none is given. Other servers write -1 for "up to the context's end".
    ///
    /// - Parameter minimum: The least.
    /// - Returns: Nil for up to the context's end.
    func maxTokens(_ names: [String], minimum: Int = 1, missing: Int?) throws(APIError) -> Int? {
        let value = try self.alias(names) { name throws(APIError) -> Int? in
            let value = try self.integer(name)
            if let value, value != -1, value < minimum {
                throw APIError.invalid(
                    self.name(name),
                    "\(self.name(name)) is \(value): it must be at least \(minimum), or -1 for as many as the context has room for"
                )
            }
            return value
        }
        guard let value else { return missing }
        return value == -1 ? nil : value
    }

    /// How many answers each prompt is to have.
    func choices() throws(APIError) -> Int { try self.integer("n", in: 1...128) ?? 1 }
}
