import InferenceCore
import Synchronization

/// A C context for embeddings that is made on a thread of its own, while the engine goes on.
final class PreparedEmbeddingContext: Sendable {
    let cells: Int
    private let result = Mutex<Result<ContextBox<EmbeddingContext>, RequestFault>?>(nil)

    /// - Parameters:
    ///   - former: What is freed first.
    ///   - onEnd: Called when ``take()`` has something to give.
    init(cells: Int, _ recipe: EmbeddingRecipe, former: ContextBox<EmbeddingContext>, onEnd: @escaping @Sendable () -> Void) {
        self.cells = cells
        InferenceThread.runOnce(name: "mullama-cache") {
            _ = former.take()
            recipe.freed()
            let result = Result { () throws(RequestFault) in ContextBox(try recipe.make(cells: cells)) }
            self.result.withLock { $0 = result }
            onEnd()
        }
    }

    /// The context, once it is there; there is no second. Nil before.
    ///
    /// - Throws: If it could not be made.
    func take() throws(RequestFault) -> EmbeddingContext? {
        try self.result.withLock { $0 }?.get().take()
    }
}
