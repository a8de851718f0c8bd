extension AsyncModel {
    /// Computes the beginning of prompts that are to come, and keeps it in memory beside the KV cache until ``unpin(_:)`` or until the model is
    /// freed, whatever else runs. Prompts of every context that is not ``CacheIsolation/strict`` start behind it.
    ///
    /// - Parameters:
    ///   - prefix: What the prompts begin with, as ``AsyncContext/generate(_:maxTokens:options:)`` takes it.
    ///   - name: What to call it. The prefix that had the name before is let go of once the new one is there.
    /// - Returns: How many tokens are kept: as far as another prompt can begin there, which is whole blocks of 16 without the last 16 to 31 tokens
    ///   unless the model was found to allow more. 0 for a prefix that is too short, or a model whose cache cannot be cut back.
    /// - Throws: ``MullamaError`` as a generation does, for a prefix that does not fit the model's context among others. `CancellationError` when
    ///   the task is cancelled; what had the name before is kept then.
    @discardableResult
    public func prewarm(_ prefix: String, as name: String) async throws -> Int {
        try await self.prewarm(.text(prefix), as: name)
    }

    /// The same for a rendered chat prompt, as ``AsyncContext/stream(rendered:maxTokens:options:)`` takes it.
    @discardableResult
    public func prewarm(rendered prefix: String, as name: String) async throws -> Int {
        try await self.prewarm(.rendered(prefix), as: name)
    }

    /// Lets go of a prefix that ``prewarm(_:as:)`` kept. Unknown names are ignored.
    public func unpin(_ name: String) async {
        guard let context = self.host.replacePin(name, by: nil) else { return }
        await self.host.forget(context)
    }

    private func prewarm(_ prompt: Prompt, as name: String) async throws -> Int {
        let context = ContextScope(id: self.host.makeContext(), contextSize: self.contextSize)
        let stream = GenerationStream(self.host.start(prompt, maxTokens: 1, options: GenerationOptions(temperature: 0), in: context))
        // Asked for before the generation ends: between the two, another could take the slot.
        let count = try await self.host.pin(context)
        do {
            _ = try await stream.collect()
        } catch {
            await self.host.forget(context.id)
            throw error
        }
        if let former = self.host.replacePin(name, by: context.id) { await self.host.forget(former) }
        return count
    }
}
