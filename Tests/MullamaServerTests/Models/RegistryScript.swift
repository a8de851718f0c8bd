import MullamaTestSupport
import Testing

@testable import MullamaServer

/// A random script of inputs to a registry's state, made from a seed, and the books of somebody who only sees what it does.
struct RegistryScript {
    /// What happened, so that a test can see that the scripts are not too tame.
    struct Tally: Equatable {
        var granted = 0
        var grantedAtOnce = 0
        var refused = 0
        var overloaded = 0
        var cancelled = 0
        var failed = 0
        var closed = 0
        var loads = 0
        var cancelledLoads = 0
        var expired = 0
        var evicted = 0
        var askedWhileLeaving = 0
    }

    private enum Place { case loading, ready, unloading }

    private struct Model {
        let need: Int
        var place: Place?
        var users = 0
        var lastUsed = Duration.zero
        var keepAlive = KeepAlive.standard
        /// Calls that wait for it, in their order.
        var waiting: [RegistryState.Ticket] = []
        var isCancelled = false

        var isBusy: Bool { self.place == .loading || self.place == .unloading || self.users > 0 }

        func isDue(_ now: Duration) -> Bool {
            if case .duration(let time) = self.keepAlive { self.lastUsed + time <= now } else { false }
        }
    }

    private var generator: SeededGenerator
    private var state: RegistryState
    private var tally = Tally()
    private let budget: Int
    private var models: [ModelKey: Model] = [:]
    private var keys: [ModelKey] { self.models.keys.sorted() }
    private var now = Duration.zero
    private var isClosed = false
    private var open: Set<RegistryState.Ticket> = []
    private var answered: Set<RegistryState.Ticket> = []

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        self.budget = Int.random(in: 4...20, using: &generator)
        for number in 0..<Int.random(in: 2...6, using: &generator) {
            self.models[ModelKey(path: "\(number)")] = Model(need: Int.random(in: 1...9, using: &generator))
        }
        self.state = RegistryState(budget: self.budget, waitLimit: .seconds(10))
        self.generator = generator
    }

    /// Runs the script, then lets everything end and sees that nobody was forgotten.
    mutating func run() -> Tally {
        for _ in 0..<Int.random(in: 20...200, using: &self.generator) {
            self.input()
            self.compare()
        }
        // No time passes: whoever still waits is served by what the others give back.
        var rounds = 0
        while rounds < 10_000, let key = self.keys.first(where: { self.models[$0]?.isBusy ?? false }) {
            rounds += 1
            switch self.models[key]?.place {
            case .loading: self.loaded(key)
            case .unloading: self.unloaded(key)
            default: self.release(key)
            }
            self.compare()
        }
        #expect(self.open.isEmpty, "a call was left without an answer")
        #expect(self.state.waitingCount == 0 && self.state.queue.isEmpty)
        return self.tally
    }

    private mutating func input() {
        switch Int.random(in: 0..<100, using: &self.generator) {
        case 0..<34: self.ask()
        case 34..<56: if let key = self.pick({ $0.users > 0 }) { self.release(key) }
        case 56..<70: if let key = self.pick({ $0.place == .loading }) { self.loaded(key) }
        case 70..<74: if let key = self.pick({ $0.place == .loading }) { self.failed(key) }
        case 74..<84: if let key = self.pick({ $0.place == .unloading }) { self.unloaded(key) }
        case 84..<90: self.cancel()
        case 90..<93: if let key = self.keys.randomElement(using: &self.generator) { self.unload(key) }
        case 93..<99: self.advance()
        default: if Int.random(in: 0..<6, using: &self.generator) == 0 { self.close() }
        }
    }

    private mutating func pick(_ isMeant: (Model) -> Bool) -> ModelKey? {
        self.keys.filter { self.models[$0].map(isMeant) ?? false }.randomElement(using: &self.generator)
    }

    private func compare() {
        let inMemory = self.models.values.filter { $0.place != nil }
        #expect(inMemory.reduce(0) { $0 + $1.need } <= self.budget, "more is in memory than may be")
        #expect(self.state.taken == inMemory.reduce(0) { $0 + $1.need })
        #expect(self.state.waitingCount == self.open.count)
        for (key, model) in self.models {
            let entry = self.state.entries[key]
            #expect(entry?.users ?? 0 == model.users || self.isClosed)
            #expect(entry?.waiting ?? [] == model.waiting)
            #expect(model.waiting.isEmpty || model.place != .ready, "a call waits for a model that is there")
            #expect((entry?.phase ?? .queued) != .queued || model.place == nil)
        }
        // Who waits for room waits for somebody: not for models that nobody uses.
        let idle = self.models.values.filter { $0.place == .ready && $0.users == 0 }.reduce(0) { $0 + $1.need }
        let free = self.budget - inMemory.reduce(0) { $0 + $1.need }
        if let first = self.state.queue.first(where: { self.models[$0]?.place == nil }), let need = self.models[first]?.need {
            let coming = inMemory.filter { $0.place == .unloading || $0.isCancelled }.reduce(0) { $0 + $1.need }
            #expect(need > free, "model \(first.path) fits and waits")
            #expect(need <= free + coming || need > free + coming + idle, "model \(first.path) waits, and nobody makes room")
        }
        let next = self.state.nextEvent
        #expect(next.map { $0 > self.now } ?? true, "what is due has not been done")
    }

    // MARK: Inputs

    private mutating func ask() {
        guard let key = self.keys.randomElement(using: &self.generator), let model = self.models[key] else { return }
        let usual = KeepAlive.duration(.seconds(Int.random(in: 5...30, using: &self.generator)))
        let own: KeepAlive? =
            switch Int.random(in: 0..<6, using: &self.generator) {
            case 0: .forever
            case 1: .duration(.seconds(Int.random(in: 0...4, using: &self.generator)))
            default: nil
            }
        let isThere = model.place == .ready && !self.isClosed
        self.tally.askedWhileLeaving += model.place == .unloading ? 1 : 0
        let isNew = model.waiting.isEmpty && (model.place == nil || model.place == .unloading || model.isCancelled)
        let (ticket, actions) = self.state.ask(key, need: model.need, keepAlive: own, usual: usual, now: self.now)
        #expect(!self.answered.contains(ticket) && !self.open.contains(ticket), "a ticket is used twice")
        if model.need <= self.budget, !self.isClosed {
            self.models[key]?.keepAlive = own ?? (isNew ? usual : model.keepAlive)
            self.open.insert(ticket)
            self.models[key]?.waiting.append(ticket)
        } else {
            self.open.insert(ticket)
            #expect(actions.count == 1, "a call is refused, and more comes of it")
        }
        if isThere { #expect(actions == [.grant(ticket, key)], "a call waits for a model that is there") }
        self.tally.grantedAtOnce += isThere ? 1 : 0
        self.check(actions)
    }

    private mutating func cancel() {
        guard let ticket = (Array(self.open).sorted { $0.number < $1.number }).randomElement(using: &self.generator) else { return }
        let actions = self.state.cancel(ticket)
        #expect(actions.first == .refuse(ticket, .cancelled))
        self.check(actions)
        #expect(self.state.cancel(ticket) == [], "a call is cancelled twice")
    }

    private mutating func release(_ key: ModelKey) {
        self.models[key]?.users -= 1
        self.models[key]?.lastUsed = self.now
        self.check(self.state.release(key, held: .seconds(1), now: self.now))
    }

    private mutating func loaded(_ key: ModelKey) {
        self.models[key]?.place = .ready
        self.models[key]?.isCancelled = false
        self.models[key]?.lastUsed = self.now
        self.check(self.state.loaded(key, now: self.now))
    }

    private mutating func failed(_ key: ModelKey) {
        let wasCancelled = self.models[key]?.isCancelled ?? false
        self.models[key]?.place = nil
        self.models[key]?.isCancelled = false
        let actions = self.state.failed(key)
        let failures = actions.filter { if case .refuse(_, .loadFailed) = $0 { true } else { false } }
        #expect(failures.count == (wasCancelled ? 0 : self.models[key]?.waiting.count), "not all who wait are told, or others are")
        self.check(actions)
    }

    private mutating func unload(_ key: ModelKey) {
        if self.models[key]?.place == .ready || self.models[key]?.place == .loading { self.models[key]?.keepAlive = .duration(.zero) }
        self.check(self.state.unload(whenIdle: key, now: self.now))
    }

    private mutating func unloaded(_ key: ModelKey) {
        self.models[key]?.place = nil
        self.check(self.state.unloaded(key))
    }

    private mutating func advance() {
        self.now += .seconds(Int.random(in: 1...8, using: &self.generator))
        self.check(self.state.advance(to: self.now))
    }

    private mutating func close() {
        self.tally.closed += self.isClosed ? 0 : 1
        self.isClosed = true
        self.check(self.state.close())
    }

    // MARK: What comes of it

    private mutating func check(_ actions: [RegistryState.Action]) {
        for action in actions {
            switch action {
            case .load(let key):
                #expect(self.models[key]?.place == nil, "model \(key.path) is loaded twice")
                #expect(self.models[key]?.waiting.isEmpty == false, "model \(key.path) is loaded for nobody")
                #expect(!self.isClosed)
                self.models[key]?.place = .loading
                self.tally.loads += 1
            case .cancelLoad(let key):
                #expect(self.models[key]?.place == .loading && self.models[key]?.waiting == [])
                self.models[key]?.isCancelled = true
                self.tally.cancelledLoads += 1
            case .unload(let key):
                self.leave(key)
            case .grant(let ticket, let key):
                #expect(self.models[key]?.place == .ready, "a call has a model that is not there")
                #expect(self.models[key]?.waiting.first == ticket, "calls for a model are served out of order")
                self.answer(ticket)
                self.models[key]?.users += 1
                self.models[key]?.lastUsed = self.now
                self.tally.granted += 1
            case .refuse(let ticket, let refusal):
                self.answer(ticket)
                self.tally.refused += 1
                switch refusal {
                case .cancelled: self.tally.cancelled += 1
                case .loadFailed: self.tally.failed += 1
                case .overloaded(let shortage):
                    self.tally.overloaded += 1
                    #expect(shortage.need <= self.budget && shortage.taken <= self.budget)
                case .closed: #expect(self.isClosed)
                case .tooLarge(let need, let budget): #expect(need > budget)
                }
            }
        }
    }

    private mutating func answer(_ ticket: RegistryState.Ticket) {
        #expect(self.open.remove(ticket) != nil, "a call has a second answer")
        self.answered.insert(ticket)
        for key in self.models.keys { self.models[key]?.waiting.removeAll { $0 == ticket } }
    }

    /// A model may go because its time is over, or because it is the one that was not used for longest and others need its room.
    private mutating func leave(_ key: ModelKey) {
        guard let model = self.models[key] else { return }
        #expect(model.place == .ready, "model \(key.path) is unloaded twice")
        self.models[key]?.place = .unloading
        guard !self.isClosed else { return }
        #expect(model.users == 0, "model \(key.path) is unloaded while it is used")
        guard !model.isDue(self.now) else {
            self.tally.expired += 1
            return
        }
        self.tally.evicted += 1
        let needsRoom = self.models.values.contains { !$0.waiting.isEmpty && $0.place == nil }
        #expect(needsRoom, "model \(key.path) is unloaded for nobody")
        for (other, kept) in self.models where kept.place == .ready && kept.users == 0 && !kept.isDue(self.now) {
            #expect(kept.lastUsed >= model.lastUsed, "model \(key.path) goes before \(other.path), which was used earlier")
        }
    }
}

extension RegistryScript.Tally {
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        for field in Self.fields { sum[keyPath: field] += right[keyPath: field] }
        return sum
    }

    /// All that are counted.
    static var fields: [WritableKeyPath<Self, Int>] {
        [
            \.granted, \.grantedAtOnce, \.refused, \.overloaded, \.cancelled, \.failed, \.closed, \.loads, \.cancelledLoads, \.expired,
            \.evicted,
            \.askedWhileLeaving,
        ]
    }
}
