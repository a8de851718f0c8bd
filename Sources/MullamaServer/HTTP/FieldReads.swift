import Synchronization

/// Which fields of a request its readers have asked for, so that a description of the request can be held against them.
final class FieldReads: Sendable {
    private let asked = Mutex<Set<String>>([])

    /// By their full names, such as `options.num_ctx`.
    var names: Set<String> { self.asked.withLock { $0 } }

    func note(_ name: String) {
        self.asked.withLock { _ = $0.insert(name) }
    }
}
