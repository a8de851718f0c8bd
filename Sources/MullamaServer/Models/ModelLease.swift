package import Mullama
import Synchronization

/// Keeps its model from being unloaded while it lives.
package final class ModelLease: Sendable {
    package let model: AsyncModel
    /// The model by the name that was asked for.
    package let reference: ModelReference
    /// How long the call waited for the model to be loaded; zero if it was there.
    package let loadTime: Duration
    private let onRelease: Mutex<(@Sendable () -> Void)?>

    init(_ model: AsyncModel, _ reference: ModelReference, loadTime: Duration, onRelease: @escaping @Sendable () -> Void) {
        self.model = model
        self.reference = reference
        self.loadTime = loadTime
        self.onRelease = Mutex(onRelease)
    }

    deinit {
        self.release()
    }

    /// Lets go of the model. Does nothing the second time; the end of the lease does it too.
    package func release() {
        let onRelease = self.onRelease.withLock { $0.take() }
        onRelease?()
    }
}
