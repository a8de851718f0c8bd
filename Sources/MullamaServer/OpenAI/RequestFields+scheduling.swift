import Mullama

extension RequestFields {
    /// Who goes first.
    func priority() throws(APIError) -> RequestPriority? {
        try self.choice("priority", of: ["interactive": .interactive, "normal": .normal, "batch": .batch])
    }

    /// How long the request may take, given in seconds.
    func timeout() throws(APIError) -> Duration? {
        guard let seconds = try self.number("timeout") else { return nil }
        guard seconds > 0 else {
            throw APIError.invalid(self.name("timeout"), "\(self.name("timeout")) is \(seconds): it must be above 0, in seconds")
        }
        // Clocks count no further than that.
        return .seconds(min(seconds, 1e9))
    }
}
