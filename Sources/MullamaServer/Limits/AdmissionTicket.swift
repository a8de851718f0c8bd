import Synchronization

/// The place of an admitted request: others may have it when this is gone.
final class AdmissionTicket: Sendable {
    private let onEnd: Mutex<(@Sendable () -> Void)?>

    init(onEnd: @escaping @Sendable () -> Void) {
        self.onEnd = Mutex(onEnd)
    }

    deinit {
        self.end()
    }

    /// Gives the place away. Does nothing the second time.
    func end() {
        let onEnd = self.onEnd.withLock { $0.take() }
        onEnd?()
    }
}
