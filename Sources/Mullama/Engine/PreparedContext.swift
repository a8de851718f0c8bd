import Foundation
import InferenceCore
import Synchronization

/// A C context that is made on a thread of its own, while the engine goes on with the present one: filling a cache with zeros takes up to
/// seconds.
final class PreparedContext: Sendable {
    let geometry: CacheGeometry
    private let result = Mutex<Result<ContextBox<LlamaContext>, RequestFault>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ geometry: CacheGeometry, _ recipe: ContextRecipe) {
        self.geometry = geometry
        InferenceThread.runOnce(name: "mullama-cache") {
            let result = Result { () throws(RequestFault) in ContextBox(try recipe.make(geometry)) }
            self.result.withLock { $0 = result }
            self.isDone.signal()
        }
    }

    /// What came of it so far.
    ///
    /// - Parameter waits: Whether to wait for the end.
    func preparation(waits: Bool) -> StepOutcome.Preparation? {
        if waits { self.wait() }
        switch self.result.withLock({ $0 }) {
        case nil: return nil
        case .success: return .ready(self.geometry)
        case .failure(let fault): return .failed(self.geometry, fault)
        }
    }

    /// Whether it is still being made.
    var isUnderWay: Bool { self.result.withLock { $0 == nil } }

    /// The context, once it is there. There is no second.
    func take() throws(RequestFault) -> LlamaContext? {
        self.wait()
        return try self.result.withLock { $0 }?.get().take()
    }

    private func wait() {
        self.isDone.wait()
        self.isDone.signal()
    }

    /// Frees the context, now or once it is there.
    func discard() {
        InferenceThread.runOnce(name: "mullama-free") { _ = try? self.take() }
    }
}
