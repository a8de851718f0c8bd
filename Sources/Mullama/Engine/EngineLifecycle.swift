/// Whether an engine takes requests in, ends those that it has, or has ended.
///
/// `Waiter` is who waits for the end: each is handed out once, and to wake them is the engine's part.
struct EngineLifecycle<Waiter> {
    private enum State {
        case running
        /// What runs may end until `failing`, nothing new begins.
        case closing([Waiter], failing: Duration?)
        case closed
    }

    private var state = State.running

    /// Whether new calls are taken in.
    var isRunning: Bool { if case .running = self.state { true } else { false } }

    var isClosed: Bool { if case .closed = self.state { true } else { false } }

    /// When what has not ended by then fails; nil for never.
    var failing: Duration? { if case .closing(_, let time) = self.state { time } else { nil } }

    /// Takes in nothing more. Of several times for the rest to end, the earliest holds.
    ///
    /// - Returns: False if the engine has ended, so that there is nothing to wait for.
    mutating func close(failing time: Duration?, waiter: Waiter? = nil) -> Bool {
        let added = waiter.map { [$0] } ?? []
        switch self.state {
        case .running: self.state = .closing(added, failing: time)
        case .closing(let others, let earlier):
            self.state = .closing(others + added, failing: [time, earlier].compactMap(\.self).min())
        case .closed: return false
        }
        return true
    }

    /// - Returns: Who waited for it.
    mutating func end() -> [Waiter] {
        defer { self.state = .closed }
        return if case .closing(let waiters, _) = self.state { waiters } else { [] }
    }
}
