import Mullama

extension [ChatMessage] {
    /// As the model's templates know messages: where they have never heard of `developer`, that is `system`, and texts in parts are one text, a line
    /// for each. Clients send parts to any model, and most templates can only read a text.
    func known(to model: AsyncModel) -> [ChatMessage] {
        let isDeveloperKnown = model.chatTemplates.contains { $0.source.contains("developer") }
        return self.map { message in
            var message = message
            if message.role == .developer, !isDeveloperKnown { message.role = .system }
            if let parts = message.parts { message.content = parts.map(\.text).joined(separator: "\n") }
            return message
        }
    }
}
