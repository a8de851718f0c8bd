import Synchronization

/// Handles of swift-metrics by what their labels say: looking one up in a factory costs more than counting does.
final class HandleCache<Key: Hashable & Sendable, Handles: Sendable>: Sendable {
    /// Keys come from the server's own routes and models; this only makes sure that a mistake there is none in memory.
    private static var limit: Int { 1000 }

    private let handles = Mutex<[Key: Handles]>([:])
    private let make: @Sendable (Key) -> Handles

    init(_ make: @escaping @Sendable (Key) -> Handles) {
        self.make = make
    }

    subscript(_ key: Key) -> Handles {
        if let known = self.handles.withLock({ $0[key] }) { return known }
        // Two that make the same at once get handles of one series.
        let made = self.make(key)
        self.handles.withLock { if $0.count < Self.limit { $0[key] = made } }
        return made
    }
}
