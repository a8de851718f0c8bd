import Mullama

/// Our library in this process.
struct Library: Contestant {
    let side: Side
    let model: AsyncModel
    var isolation = CacheIsolation.shared
    private static let options = GenerationOptions(temperature: 0, ignoreEndOfGeneration: true)

    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (String, Int) -> Void) async throws {
        let context = AsyncContext(self.model, ContextParams(isolation: self.isolation))
        for try await part in context.stream(prompt, maxTokens: tokens, options: Self.options) {
            onPart(part.text, part.tokens.count)
        }
        try Task.checkCancellation()
    }

    func settle() async throws {
        while !self.model.generations.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    }

    func stop() async { await self.model.close() }
}
