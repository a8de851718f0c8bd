package import InferenceCore

extension AsyncModel {
    /// Has the observer told what the model's generations do from now on, in the place of an earlier one. It is called on the model's own threads,
    /// between two steps of everybody's, and for calls that are refused on the caller's: it must be done at once.
    package func observe(_ observer: @escaping @Sendable (GenerationEvent) -> Void) {
        self.host.activity.observe(observer)
    }

    /// Which load of a model this is.
    package var loadID: LoadID { self.host.activity.loadID }

    /// A generation among the last 1,000 that ended.
    package func record(of generation: UInt64) -> GenerationRecord? {
        self.host.activity.record(of: generation)
    }

    /// How long the engine has been at what it does now; nil while it has nothing to do. Waits for nothing.
    package var busyTime: Duration? { self.host.activity.busyTime }

    /// What the KV cache and what is kept beside it held after the engine's last step, in tokens. A token takes ``bytesPerToken``. Waits for nothing.
    package var cacheUse: CacheUse { self.host.activity.cache }

    /// Bytes of the KV cache that a token takes.
    package var bytesPerToken: Int { self.account.budget.bytesPerToken }

    /// Bytes that the KV cache takes now, with the buffers beside it.
    package var cacheBytes: Int { self.account.allocated }

    /// The bytes of each token, those of control tokens as they are written. A character may be spread over several tokens.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest`` for a token that the model does not have, `modelClosed`.
    package func pieces(of tokens: [Token]) async throws -> [[UInt8]] {
        try await self.host.withVocabulary { text throws(MullamaError) in
            var pieces: [[UInt8]] = []
            for token in tokens { pieces.append(try text.piece(of: token)) }
            return pieces
        }
    }
}
