import Mullama

/// Our library in this process.
struct Library: Contestant {
    let side: Side
    let model: AsyncModel
    var isolation = CacheIsolation.shared

    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (String, Int) -> Void) async throws {
        let context = AsyncContext(self.model, ContextParams(isolation: self.isolation))
        for try await part in context.stream(prompt, maxTokens: tokens, options: .greedy) {
            onPart(part.text, part.tokens.count)
        }
        try Task.checkCancellation()
    }

    func settle() async throws {
        while !self.model.generations.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    }

    func stop() async { await self.model.close() }
}
