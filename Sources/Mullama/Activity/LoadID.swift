import Synchronization

/// Names one load of a model for as long as the process lives: generations are numbered anew with each, and an object's address may be
/// another's later.
package struct LoadID: Sendable, Hashable {
    private static let last = Atomic<UInt64>(0)

    private let number: UInt64

    /// One that there was not before.
    package init() {
        self.number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
