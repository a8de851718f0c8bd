/// Who may use a context when, as a value: inputs in, what is to be done out, to be done without the lock.
///
/// A call comes with ``acquire()``. If it has to wait it has its place in the queue from then on, and says with ``wait(_:_:)`` how to wake it;
/// what happens to its ticket in between, be it a context, a cancel or the end of its time, is kept for that moment.
///
/// Nobody waits while there is room: a context that comes back goes straight to the first in the queue, and no later call can get between.
/// `Waiter` is a continuation, or anything else in a test.
struct PoolState<Context, Waiter> {
    typealias Ticket = TicketQueue<Place>.Ticket
    typealias Wake = (waiter: Waiter, outcome: Outcome)

    enum AcquireAction {
        /// Nil leaves it to the caller to make a context.
        case granted(Context?)
        case wait(Ticket)
        case overloaded(waiting: Int)
        case closed
    }

    /// How waiting ended.
    enum Outcome {
        /// Nil leaves it to the waiter to make a context.
        case granted(Context?)
        case cancelled
        case timedOut
        case closed
    }

    /// A place in the queue.
    enum Place {
        /// The call is on its way to waiting.
        case announced
        case waiting(Waiter)
    }

    private let queueLimit: Int?
    private(set) var size: Int
    private(set) var isClosed = false
    /// Contexts that came back: never more than there is room for.
    private var idle: [Context] = []
    private var inUse = 0
    private var queue = TicketQueue<Place>()
    /// What came of tickets before they waited.
    private(set) var settled: [Ticket: Outcome] = [:]
    private var acquired = 0
    private var refused = 0
    private var timedOut = 0
    private var cancelled = 0

    init(size: Int, queueLimit: Int?) {
        self.size = size
        self.queueLimit = queueLimit
    }

    var stats: PoolStats {
        PoolStats(
            size: self.size,
            inUse: self.inUse,
            idle: self.room,
            waiting: self.queue.count,
            acquired: self.acquired,
            refused: self.refused,
            timedOut: self.timedOut,
            cancelled: self.cancelled
        )
    }

    /// Whether the pool is closed and every context is back.
    var isDrained: Bool { self.isClosed && self.inUse == 0 }

    private var room: Int { self.isClosed ? 0 : max(0, self.size - self.inUse) }

    // MARK: Acquiring

    mutating func acquire() -> AcquireAction {
        guard !self.isClosed else { return .closed }
        if self.room > 0 { return .granted(self.grant()) }
        if let limit = self.queueLimit, self.queue.count >= limit {
            self.refused += 1
            return .overloaded(waiting: self.queue.count)
        }
        return .wait(self.queue.append(.announced))
    }

    /// - Returns: What has come of the ticket already; nil if the waiter is to wait.
    mutating func wait(_ ticket: Ticket, _ waiter: Waiter) -> Outcome? {
        if let outcome = self.settled.removeValue(forKey: ticket) { return outcome }
        self.queue.replace(ticket, with: .waiting(waiter))
        return nil
    }

    /// The call is cancelled. Nothing happens if it waits no more: who has a context keeps it.
    mutating func cancel(_ ticket: Ticket) -> Wake? {
        guard let place = self.queue.remove(ticket) else { return nil }
        self.cancelled += 1
        return self.settle(ticket, place, .cancelled)
    }

    /// The call's time is over. Nothing happens if it waits no more.
    mutating func expire(_ ticket: Ticket) -> Wake? {
        guard let place = self.queue.remove(ticket) else { return nil }
        self.timedOut += 1
        return self.settle(ticket, place, .timedOut)
    }

    // MARK: Returning, resizing, closing

    mutating func release(_ context: Context) -> Wake? {
        self.inUse -= 1
        if self.room > 0 { self.idle.append(context) }
        return self.grantNext()
    }

    /// Those that there is room for now are woken in their order. Nothing is taken from anybody.
    mutating func resize(to size: Int) -> [Wake] {
        self.size = size
        self.idle.removeLast(max(0, self.idle.count - self.room))
        var wakes: [Wake] = []
        while self.room > 0, self.queue.count > 0 {
            if let wake = self.grantNext() { wakes.append(wake) }
        }
        return wakes
    }

    /// Ends the waiting of all, and lets nobody in any more.
    mutating func close() -> [Wake] {
        self.isClosed = true
        self.idle = []
        var wakes: [Wake] = []
        while let (ticket, place) = self.queue.removeFirst() {
            if let wake = self.settle(ticket, place, .closed) { wakes.append(wake) }
        }
        return wakes
    }

    // MARK: Parts

    private mutating func grantNext() -> Wake? {
        guard self.room > 0, let (ticket, place) = self.queue.removeFirst() else { return nil }
        return self.settle(ticket, place, .granted(self.grant()))
    }

    private mutating func grant() -> Context? {
        self.inUse += 1
        self.acquired += 1
        return self.idle.popLast()
    }

    private mutating func settle(_ ticket: Ticket, _ place: Place, _ outcome: Outcome) -> Wake? {
        switch place {
        case .waiting(let waiter):
            return (waiter, outcome)
        case .announced:
            self.settled[ticket] = outcome
            return nil
        }
    }
}

extension PoolState.AcquireAction: Sendable where Context: Sendable {}
extension PoolState.Outcome: Sendable where Context: Sendable {}

extension PoolState.AcquireAction: Equatable where Context: Equatable {}
extension PoolState.Outcome: Equatable where Context: Equatable {}
