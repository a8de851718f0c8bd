/// The life of a runtime and of its tasks, as a value: inputs in, what is to be done out, to be done without the lock.
///
/// `Handle` is a task and `Waiter` a continuation, or anything else in a test.
struct RuntimeState<Handle, Waiter> {
    enum Phase {
        /// Tasks may begin. → draining
        case running
        /// None begins, those that run have time to end. → cancelling, ending
        case draining
        /// Those that run were cancelled. → ending
        case cancelling
        /// No task is left to wait for, the threads end. → stopped
        case ending
        case stopped
    }

    enum Action {
        case cancel([Handle])
        case endThreads
        case resume([Waiter])
    }

    enum Outcome {
        case completed
        case failed
        case cancelled
    }

    struct Entry {
        let name: String?
        let priority: TaskPriority
        /// Since the runtime's start.
        let start: Duration
        /// Nil while the task is on its way.
        var handle: Handle?
    }

    private(set) var phase = Phase.running
    private(set) var threads: Int
    private(set) var live: [UInt64: Entry] = [:]
    /// Tasks that wait for the end of the runtime, or may wait for one that does: to wait for them would be for ever.
    private var excused: Set<UInt64> = []
    private var waiters: [Waiter] = []
    private(set) var started = 0
    private(set) var completed = 0
    private(set) var failed = 0
    private(set) var cancelled = 0

    init(threads: Int) {
        self.threads = threads
    }

    // MARK: Tasks

    /// - Returns: The number of the task, for ``attach(_:to:)`` and ``end(_:_:)``; nil if none may begin any more.
    mutating func begin(name: String?, priority: TaskPriority, at start: Duration) -> UInt64? {
        guard case .running = self.phase else { return nil }
        self.started += 1
        let id = UInt64(self.started)
        self.live[id] = Entry(name: name, priority: priority, start: start, handle: nil)
        return id
    }

    /// The task runs, and may have ended already.
    ///
    /// - Returns: Whether it has to be cancelled: the others were while this one was on its way.
    mutating func attach(_ handle: Handle, to id: UInt64) -> Bool {
        guard self.live[id] != nil else { return false }
        self.live[id]?.handle = handle
        guard case .cancelling = self.phase else { return false }
        return !self.excused.contains(id)
    }

    mutating func end(_ id: UInt64, _ outcome: Outcome) -> [Action] {
        guard self.live.removeValue(forKey: id) != nil else { return [] }
        switch outcome {
        case .completed: self.completed += 1
        case .failed: self.failed += 1
        case .cancelled: self.cancelled += 1
        }
        return self.endIfDrained()
    }

    // MARK: Shutdown

    /// - Parameter callers: The tasks that the call comes from, if any. They are neither waited for nor cancelled.
    mutating func shutDown(calledFrom callers: [UInt64]) -> [Action] {
        if case .running = self.phase { self.phase = .draining }
        self.excused.formUnion(callers)
        return self.endIfDrained()
    }

    mutating func endGrace() -> [Action] {
        guard case .draining = self.phase else { return [] }
        self.phase = .cancelling
        let late = self.live.filter { !self.excused.contains($0.key) }.sorted { $0.key < $1.key }
        return [.cancel(late.compactMap(\.value.handle))]
    }

    /// - Returns: False if the runtime has stopped already; then there is nothing to wait for.
    mutating func wait(_ waiter: Waiter) -> Bool {
        if case .stopped = self.phase { return false }
        self.waiters.append(waiter)
        return true
    }

    mutating func threadEnded() -> [Action] {
        self.threads -= 1
        guard self.threads == 0 else { return [] }
        self.phase = .stopped
        defer { self.waiters = [] }
        return [.resume(self.waiters)]
    }

    private mutating func endIfDrained() -> [Action] {
        switch self.phase {
        case .draining, .cancelling: break
        case .running, .ending, .stopped: return []
        }
        guard self.live.keys.allSatisfy(self.excused.contains) else { return [] }
        self.phase = .ending
        return [.endThreads]
    }
}

extension RuntimeState.Phase: Sendable {}
extension RuntimeState.Outcome: Sendable {}
extension RuntimeState.Action: Sendable where Handle: Sendable, Waiter: Sendable {}
extension RuntimeState.Action: Equatable where Handle: Equatable, Waiter: Equatable {}
