import Mullama

/// Which models are in memory and who waits for which, as a value: inputs in, what is to be done out, to be done without the lock.
///
/// A model takes its memory from the budget when its load begins and gives it back when it is unloaded. If there is not enough, models that
/// nobody uses are unloaded, least recently used first; where that would not suffice, its callers wait, first come first served, for others
/// to be let go of. A later one that fits beside what was set aside for those before it does not wait for them.
struct RegistryState {
    private struct Call {
        let key: ModelKey
        /// When it is refused if its model still waits for room.
        let deadline: Duration
    }

    let budget: Int
    let waitLimit: Duration
    private(set) var entries: [ModelKey: Entry] = [:]
    /// Models that wait for room, in the order in which they were first asked for.
    private(set) var queue: [ModelKey] = []
    private(set) var isClosed = false
    private var calls: [Ticket: Call] = [:]
    private var lastNumber: UInt64 = 0
    /// How long models were held lately, for those who are told to come again.
    private var usualHold = Duration.seconds(2)

    init(budget: Int, waitLimit: Duration) {
        self.budget = budget
        self.waitLimit = waitLimit
    }

    var waitingCount: Int { self.calls.count }

    /// Bytes of all models that are in memory, or on their way in or out.
    var taken: Int { self.entries.values.reduce(0) { $1.phase == .queued ? $0 : $0 + $1.need } }

    // MARK: Calls

    /// Asks for a model.
    ///
    /// - Parameters:
    ///   - need: Bytes of memory that it takes. Ignored for one that is known.
    ///   - keepAlive: For how long the model is kept from now on, if the call says it.
    ///   - usual: For how long it is kept otherwise.
    mutating func ask(
        _ key: ModelKey,
        need: Int,
        keepAlive: KeepAlive?,
        usual: KeepAlive,
        now: Duration
    ) -> (ticket: Ticket, actions: [Action]) {
        self.lastNumber += 1
        let ticket = Ticket(number: self.lastNumber)
        guard !self.isClosed else { return (ticket, [.refuse(ticket, .closed)]) }
        var entry = self.entries[key] ?? Entry(need: need, keepAlive: usual, lastUsed: now)
        if entry.need > self.budget { return (ticket, [.refuse(ticket, .tooLarge(need: entry.need, budget: self.budget))]) }
        switch entry.phase {
        case .queued, .loading, .ready: entry.keepAlive = keepAlive ?? entry.keepAlive
        // What was said about the model that goes does not hold for the one that comes.
        case .cancelling, .unloading: entry.keepAlive = keepAlive ?? (entry.waiting.isEmpty ? usual : entry.keepAlive)
        }
        if entry.phase == .ready {
            entry.users += 1
            entry.lastUsed = now
            self.entries[key] = entry
            return (ticket, [.grant(ticket, key)])
        }
        entry.waiting.append(ticket)
        self.entries[key] = entry
        self.calls[ticket] = Call(key: key, deadline: now + self.waitLimit)
        if entry.phase != .loading, !self.queue.contains(key) { self.queue.append(key) }
        return (ticket, self.admit())
    }

    /// The call is cancelled. Nothing happens if it waits no more: who has a model keeps it.
    mutating func cancel(_ ticket: Ticket) -> [Action] {
        self.drop(ticket, .cancelled) + self.admit()
    }

    /// A call lets go of its model.
    ///
    /// - Parameter held: How long it had it.
    mutating func release(_ key: ModelKey, held: Duration, now: Duration) -> [Action] {
        self.usualHold += (held - self.usualHold) / 8
        guard var entry = self.entries[key], entry.users > 0 else { return [] }
        entry.users -= 1
        entry.lastUsed = now
        self.entries[key] = entry
        return self.expire(now) + self.admit()
    }

    // MARK: Loads

    mutating func loaded(_ key: ModelKey, now: Duration) -> [Action] {
        guard var entry = self.entries[key] else { return [] }
        entry.phase = .ready
        entry.lastUsed = now
        entry.users = entry.waiting.count
        let actions = entry.waiting.map { Action.grant($0, key) }
        for ticket in entry.waiting { self.calls[ticket] = nil }
        entry.waiting = []
        self.entries[key] = entry
        self.queue.removeAll { $0 == key }
        if self.isClosed { return self.unload(key) }
        return actions + self.expire(now) + self.admit()
    }

    /// The load has ended without a model. Those who wait for it are told; the next call tries again.
    mutating func failed(_ key: ModelKey) -> [Action] {
        guard let entry = self.entries[key] else { return [] }
        // Who came after the load was given up asked for another one.
        guard entry.phase == .loading else { return self.gone(key) }
        self.entries[key] = nil
        for ticket in entry.waiting { self.calls[ticket] = nil }
        return entry.waiting.map { .refuse($0, .loadFailed) } + self.admit()
    }

    // MARK: Unloading

    /// Unloads a model at once if nobody uses it, else when the last call lets go of it.
    mutating func unload(whenIdle key: ModelKey, now: Duration) -> [Action] {
        guard let entry = self.entries[key], entry.phase != .unloading, entry.phase != .queued else { return [] }
        self.entries[key]?.keepAlive = .duration(.zero)
        return self.expire(now)
    }

    mutating func unloaded(_ key: ModelKey) -> [Action] {
        self.gone(key)
    }

    /// Ends all waiting, and unloads all models, whoever uses them. Nobody gets one any more.
    mutating func close() -> [Action] {
        guard !self.isClosed else { return [] }
        self.isClosed = true
        var actions: [Action] = []
        for ticket in self.calls.keys.sorted(by: { $0.number < $1.number }) { actions += self.drop(ticket, .closed) }
        for key in self.entries.keys.sorted() where self.entries[key]?.phase == .ready { actions += self.unload(key) }
        return actions
    }

    // MARK: Time

    /// What is due: calls that have waited too long, and models that nobody has used for their time.
    mutating func advance(to now: Duration) -> [Action] {
        var actions = self.expire(now)
        let late = self.calls.filter { $0.value.deadline <= now && self.entries[$0.value.key]?.phase != .loading }
        for ticket in late.keys.sorted(by: { $0.number < $1.number }) {
            guard let key = self.calls[ticket]?.key, let shortage = self.shortage(key) else { continue }
            actions += self.drop(ticket, .overloaded(shortage))
        }
        return actions + self.admit()
    }

    /// When ``advance(to:)`` has something to do next.
    var nextEvent: Duration? {
        let deadlines = self.calls.values.filter { self.entries[$0.key]?.phase != .loading }.map(\.deadline)
        let expiries = self.entries.values.compactMap(\.expiry)
        return (deadlines + expiries).min()
    }

    // MARK: Parts

    private mutating func expire(_ now: Duration) -> [Action] {
        let due = self.entries.filter { $0.value.expiry.map { $0 <= now } ?? false }.keys.sorted()
        return due.flatMap { self.unload($0) }
    }

    private mutating func unload(_ key: ModelKey) -> [Action] {
        self.entries[key]?.phase = .unloading
        return [.unload(key)]
    }

    /// A model's memory is free again.
    private mutating func gone(_ key: ModelKey) -> [Action] {
        if let entry = self.entries[key], !entry.waiting.isEmpty {
            self.entries[key]?.phase = .queued
            self.entries[key]?.users = 0
        } else {
            self.entries[key] = nil
        }
        return self.admit()
    }

    /// A call's waiting ends without a model.
    private mutating func drop(_ ticket: Ticket, _ refusal: Refusal) -> [Action] {
        guard let key = self.calls.removeValue(forKey: ticket)?.key else { return [] }
        self.entries[key]?.waiting.removeAll { $0 == ticket }
        var actions = [Action.refuse(ticket, refusal)]
        guard let entry = self.entries[key], entry.waiting.isEmpty else { return actions }
        self.queue.removeAll { $0 == key }
        switch entry.phase {
        case .queued:
            self.entries[key] = nil
        case .loading:
            self.entries[key]?.phase = .cancelling
            actions.append(.cancelLoad(key))
        case .cancelling, .ready, .unloading:
            break
        }
        return actions
    }

    private func shortage(_ key: ModelKey) -> Shortage? {
        guard let need = self.entries[key]?.need else { return nil }
        let busy = self.entries.values.filter { $0.phase != .queued && !$0.isIdle }
        return Shortage(
            need: need,
            budget: self.budget,
            taken: busy.reduce(0) { $0 + $1.need },
            count: busy.count,
            retryAfter: min(max(self.usualHold, .seconds(1)), .seconds(60))
        )
    }

    /// Starts the loads that there is room for, and makes room where that can be done.
    private mutating func admit() -> [Action] {
        guard !self.isClosed else { return [] }
        var actions: [Action] = []
        var free = self.budget - self.taken
        // What is on its way out is free before long.
        var coming = self.entries.values.reduce(0) { $1.phase == .unloading || $1.phase == .cancelling ? $0 + $1.need : $0 }
        for key in self.queue {
            guard let entry = self.entries[key], entry.phase == .queued else { continue }
            let idle = self.entries.filter(\.value.isIdle).sorted { ($0.value.lastUsed, $0.key) < ($1.value.lastUsed, $1.key) }
            guard entry.need <= free + coming + idle.reduce(0, { $0 + $1.value.need }) else { continue }
            for (victim, used) in idle where entry.need > free + coming {
                actions += self.unload(victim)
                coming += used.need
            }
            if entry.need <= free {
                free -= entry.need
                self.entries[key]?.phase = .loading
                actions.append(.load(key))
            } else {
                // Set aside, so that no later one takes it.
                free -= max(0, entry.need - coming)
                coming -= min(coming, entry.need)
            }
        }
        self.queue.removeAll { self.entries[$0]?.phase == .loading }
        return actions
    }
}
