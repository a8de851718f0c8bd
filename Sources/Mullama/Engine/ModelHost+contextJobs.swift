import Foundation
import InferenceCore

/// What happens to a context in the order of its calls.
extension ModelHost {
    /// Forgets what the calls computed that were made on a context before. Cancelling ends the waiting for it alone.
    func forget(_ context: ContextID) async {
        try? await self.inOrder(on: context, skipsIfCancelled: false) { engine, finish in
            engine.forget(context)
            finish(.success(()))
        }
    }

    /// - Throws: ``MullamaError`` with `ioFailed` or `modelClosed`; `CancellationError` if the task is cancelled before its turn.
    func save(_ context: ContextID, to url: URL) async throws {
        let identity = self.identity
        try await self.inOrder(on: context) { engine, finish in
            let prefix = engine.takeOut(context)
            InferenceThread.runOnce(name: "mullama-file") {
                finish(Result { try SavedState(identity, tokens: prefix.tokens, snapshot: prefix.snapshot).write(to: url) })
            }
        }
    }

    /// - Throws: ``MullamaError`` with `stateMismatch`, `ioFailed` or `modelClosed`; `CancellationError` if the task is cancelled before its turn.
    func restore(_ context: ContextScope, from url: URL) async throws {
        let identity = self.identity
        try await self.inOrder(on: context.id) { [engine] _, finish in
            InferenceThread.runOnce(name: "mullama-file") {
                do {
                    let saved = try SavedState(contentsOf: url)
                    try saved.check(against: identity, contextSize: context.contextSize, name: url.path)
                    let isSent = engine.send { engine in
                        finish(Result { try engine.putIn(saved.tokens, saved.snapshot, for: context, name: url.path) })
                    }
                    if !isSent { finish(.failure(MullamaError.modelClosed)) }
                } catch {
                    finish(.failure(error))
                }
            }
        }
    }

    /// Keeps what a context has computed outside of the cache, until it is forgotten.
    ///
    /// - Returns: The number of tokens.
    /// - Throws: ``MullamaError`` with `modelClosed`; `CancellationError` if the task is cancelled before its turn.
    func pin(_ context: ContextScope) async throws -> Int {
        try await self.inOrder(on: context.id) { engine, finish in
            let prefix = engine.takeOut(context.id)
            finish(
                Result {
                    try engine.putIn(prefix.tokens, prefix.snapshot, for: context, name: "the prefix")
                    return prefix.tokens.count
                }
            )
        }
    }

    /// Runs a job between a context's calls that were made before and those that are made later.
    ///
    /// - Parameter body: Called on the engine's thread; it, or what it starts, calls `finish` once.
    private func inOrder<R: Sendable>(
        on context: ContextID,
        skipsIfCancelled: Bool = true,
        _ body: @escaping @Sendable (isolated InferenceEngine, _ finish: @escaping @Sendable (Result<R, any Error>) -> Void) -> Void
    ) async throws -> R {
        let outcome = JobOutcome<R>()
        self.enqueue(on: context) { [engine] id in
            ContextJob { isolatedEngine in
                guard !(skipsIfCancelled && outcome.isOver) else { return isolatedEngine.endJob(id) }
                body(isolatedEngine) { result in
                    engine.send { $0.endJob(id) }
                    outcome.finish(result)
                }
            } refuse: {
                outcome.finish(.failure(MullamaError.modelClosed))
            }
        }
        return try await outcome.wait()
    }
}
