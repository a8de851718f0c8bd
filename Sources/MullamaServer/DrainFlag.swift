import Synchronization

/// Whether the server is about to stop: what it has in hand goes on, and nothing new is taken.
final class DrainFlag: Sendable {
    private let isSet = Atomic(false)

    var isDraining: Bool { self.isSet.load(ordering: .relaxed) }

    func begin() {
        self.isSet.store(true, ordering: .relaxed)
    }
}
