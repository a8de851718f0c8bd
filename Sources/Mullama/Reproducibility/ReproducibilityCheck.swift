import InferenceCore
import Synchronization

/// Has a model checked once on a machine, and knows what holds for it.
final class ReproducibilityCheck: IdleWork {
    /// What the calls of the check go by in its abort signal: it has one of its own.
    private static let id = RequestID(0)

    private let wanted: Reproducibility
    private let parallel: Int
    private let key: String
    private let store: ReproducibilityStore
    private let makeProbe: @Sendable (AbortSignal) -> ReproducibilityProbe
    private let abort = AbortSignal()
    private let current: Mutex<ReproducibilityStatus>
    /// Touched by the one thread that does the work.
    private let probe = Mutex<ReproducibilityProbe?>(nil)

    /// Reads what is remembered. Blocks for a file.
    ///
    /// - Parameter key: Names machine, model and settings.
    init(
        _ wanted: Reproducibility,
        parallel: Int,
        key: String,
        store: ReproducibilityStore,
        makeProbe: @escaping @Sendable (AbortSignal) -> ReproducibilityProbe
    ) {
        let report = wanted == .relaxed ? nil : store.report(for: key)
        self.wanted = wanted
        self.parallel = parallel
        self.key = key
        self.store = store
        self.makeProbe = makeProbe
        self.current = Mutex(ReproducibilityStatus(wanted, report, parallel: parallel))
    }

    var status: ReproducibilityStatus { self.current.withLock { $0 } }

    /// Whether there is anything to find out.
    var isNeeded: Bool { self.status.state == .unchecked }

    /// Finds out all at once. Blocks.
    ///
    /// - Throws: If it cannot be found out.
    func run() throws(RequestFault) {
        while self.isNeeded { try self.doPiece() }
    }

    func advance() -> IdleProgress {
        do throws(RequestFault) {
            try self.doPiece()
            return self.isNeeded ? .more : .done(self.status.shape)
        } catch {
            self.probe.withLock { $0 = nil }
            if self.abort.isCancelled(Self.id) {
                self.abort.forget(Self.id)
                return .more
            }
            let status = ReproducibilityStatus(.notKept, "it could not be checked: \(error.message)")
            self.current.withLock { $0 = status }
            return .done(nil)
        }
    }

    func interrupt() {
        guard self.isNeeded else { return }
        self.abort.cancel(Self.id)
    }

    private func doPiece() throws(RequestFault) {
        let result = self.probe.withLock { probe in
            let present = probe ?? self.makeProbe(self.abort)
            probe = present
            return self.abort.during(Self.id) { present.advanced() }
        }
        guard let report = try result.get() else { return }
        self.probe.withLock { $0 = nil }
        let status = ReproducibilityStatus(self.wanted, report, parallel: self.parallel)
        self.current.withLock { $0 = status }
        // Without the file it is found out again next time.
        try? self.store.write(report, for: self.key)
    }
}
