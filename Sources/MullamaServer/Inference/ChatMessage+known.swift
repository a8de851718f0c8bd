import Mullama

extension [ChatMessage] {
    /// Words of templates that look whether a content is a text or a list of parts.
    private static let looksAtParts = ["is string", "is iterable", "is sequence", "is mapping"]

    /// As the model's templates know messages: where they have never heard of `developer`, that is `system`, and where they can only read a text,
    /// texts in parts are one text, a line for each. Clients send both to any model.
    func known(to model: AsyncModel) -> [ChatMessage] {
        let sources = model.chatTemplates.map(\.source)
        let isDeveloperKnown = sources.contains { $0.contains("developer") }
        let readsParts = sources.contains { source in Self.looksAtParts.contains { source.contains($0) } }
        return self.map { message in
            var message = message
            if message.role == .developer, !isDeveloperKnown { message.role = .system }
            if let parts = message.parts, !readsParts { message.content = parts.map(\.text).joined(separator: "\n") }
            return message
        }
    }
}
