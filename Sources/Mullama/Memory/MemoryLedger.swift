import Synchronization

/// The memory of the process as its models share it: ``MemoryReservations`` behind a lock, beside what the system says.
///
/// The system is asked while the lock is held, so that what one caller allocates meanwhile is either promised or missing from the answer,
/// never neither.
final class MemoryLedger: Sendable {
    /// The one of the process.
    static let shared = MemoryLedger { SystemMemory.available }

    private let state = Mutex(MemoryReservations())
    private let available: @Sendable () -> Int?

    /// - Parameter available: Bytes that can be allocated now; nil where that is not known. It must not come back here.
    init(available: @escaping @Sendable () -> Int?) {
        self.available = available
    }

    /// What is neither used nor promised to others; nil where the system does not tell.
    func left(besides holder: MemoryReservations.HolderID? = nil) -> Int? {
        self.state.withLock { state in
            self.available().map { max(0, $0 - min($0, state.promised(besides: holder))) }
        }
    }

    func withReservations<R, E: Error>(
        _ body: (inout sending MemoryReservations, _ available: () -> Int?) throws(E) -> sending R
    ) throws(E) -> sending R {
        try self.state.withLock { (state) throws(E) in try body(&state, self.available) }
    }
}
