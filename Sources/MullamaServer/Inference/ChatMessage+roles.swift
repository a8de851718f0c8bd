import Mullama

extension [ChatMessage] {
    /// As the model knows roles: where its templates have never heard of `developer`, that is `system`.
    func known(to model: AsyncModel) -> [ChatMessage] {
        guard self.contains(where: { $0.role == .developer }) else { return self }
        guard !model.chatTemplates.contains(where: { $0.source.contains("developer") }) else { return self }
        return self.map { message in
            var message = message
            if message.role == .developer { message.role = .system }
            return message
        }
    }
}
