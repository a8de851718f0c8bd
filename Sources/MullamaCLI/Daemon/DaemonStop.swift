import Foundation

/// Ends a daemon and waits for that.
struct DaemonStop: Sendable {
    private static let interval = Duration.milliseconds(20)

    let record: String
    let pid: pid_t
    /// How long it may take.
    let patience: Duration
    let isForced: Bool

    /// - Throws: ``DaemonError/failed(_:)`` if it goes on.
    func run() async throws {
        guard kill(self.pid, SIGTERM) == 0 || errno == ESRCH else {
            throw DaemonError.failed("the daemon (process \(self.pid)) cannot be stopped: \(String(cString: strerror(errno)))")
        }
        if try await self.hasEnded(within: self.patience) {
            try? await Output.error.send("mullama: the daemon has stopped\n")
            return
        }
        guard self.isForced else {
            throw DaemonError.failed("the daemon (process \(self.pid)) still has not ended: --force kills it")
        }
        // Again only while it is the one that has the lock.
        if DaemonLock.holder(self.record) == self.pid { kill(self.pid, SIGKILL) }
        guard try await self.hasEnded(within: .seconds(10)) else {
            throw DaemonError.failed("the daemon (process \(self.pid)) cannot be killed: the system holds it")
        }
        try? await Output.error.send("mullama: the daemon was killed\n")
    }

    private func hasEnded(within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while DaemonLock.holder(self.record) == self.pid {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: Self.interval)
        }
        return true
    }
}
