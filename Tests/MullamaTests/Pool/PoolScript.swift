import MullamaTestSupport
import Testing

@testable import Mullama

/// A random script of inputs to a pool, made from a seed, and a second pool to compare with: one so simple that it is seen to be right.
struct PoolScript {
    /// What happened, so that a test can see that the scripts are not too tame.
    struct Tally: Equatable {
        var granted = 0
        var handedOver = 0
        var grantedEarly = 0
        var cancelled = 0
        var timedOut = 0
        var closed = 0
        var refused = 0
        var grown = 0
        var shrunkInUse = 0
        var tooLate = 0
    }

    private typealias State = PoolState<Int, Int>

    private enum Phase: Equatable {
        case announced
        case waiting
        case holding(Int)
        case over
    }

    private struct Call {
        var ticket: State.Ticket?
        var phase: Phase

        var isHolding: Bool {
            if case .holding = self.phase { true } else { false }
        }
    }

    private var generator: SeededGenerator
    private var state: State
    private var tally = Tally()

    // The pool to compare with.
    private var size: Int
    private var isClosed = false
    private let queueLimit: Int?
    private var calls: [Call] = []
    /// Calls that wait, in the order in which they came.
    private var queue: [Int] = []
    /// What has happened to calls that are not waiting yet.
    private var early: [Int: State.Outcome] = [:]
    private var holders = 0
    private var lastContext = 0

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        self.size = Int.random(in: 1...5, using: &generator)
        self.queueLimit = Bool.random(using: &generator) ? nil : Int.random(in: 0...12, using: &generator)
        self.state = State(size: self.size, queueLimit: self.queueLimit)
        self.generator = generator
    }

    /// Runs the script, then gives everything back and sees that nobody was forgotten.
    mutating func run() -> Tally {
        for _ in 0..<Int.random(in: 20...200, using: &self.generator) {
            self.input()
            self.compare()
        }
        for call in self.calls.indices where self.calls[call].phase == .announced { self.wait(call) }
        while let call = self.calls.firstIndex(where: \.isHolding) {
            self.release(call)
            self.compare()
        }
        #expect(self.calls.allSatisfy { $0.phase == .over }, "a call was left without an end")
        #expect(self.state.settled.isEmpty)
        #expect(self.state.stats.inUse == 0)
        #expect(self.state.stats.waiting == 0)
        #expect(self.state.stats.idle == (self.isClosed ? 0 : self.size))
        #expect(self.state.isDrained == self.isClosed)
        return self.tally
    }

    private mutating func input() {
        switch Int.random(in: 0..<100, using: &self.generator) {
        case 0..<38: self.acquire()
        case 38..<55: if let call = self.pick({ $0.phase == .announced }) { self.wait(call) }
        case 55..<78: if let call = self.pick(\.isHolding) { self.release(call) }
        case 78..<86: if let call = self.pick({ $0.ticket != nil }) { self.leave(call, .cancelled) }
        case 86..<93: if let call = self.pick({ $0.ticket != nil }) { self.leave(call, .timedOut) }
        case 93..<99: self.resize(to: Int.random(in: 1...6, using: &self.generator))
        default: if Int.random(in: 0..<4, using: &self.generator) == 0 { self.close() }
        }
    }

    private mutating func pick(_ isMeant: (Call) -> Bool) -> Int? {
        self.calls.indices.filter { isMeant(self.calls[$0]) }.randomElement(using: &self.generator)
    }

    private func compare() {
        let stats = self.state.stats
        #expect(stats.size == self.size)
        #expect(stats.inUse == self.holders)
        #expect(stats.waiting == self.queue.count)
        #expect(stats.idle == (self.isClosed ? 0 : max(0, self.size - self.holders)))
        #expect(stats.idle == 0 || stats.waiting == 0, "a call waits though there is room")
        #expect(stats.acquired == self.tally.granted)
        #expect(stats.cancelled == self.tally.cancelled)
        #expect(stats.timedOut == self.tally.timedOut)
        #expect(stats.refused == self.tally.refused)
    }

    // MARK: Inputs

    private mutating func acquire() {
        let call = self.calls.count
        let hasRoom = !self.isClosed && self.holders < self.size
        switch self.state.acquire() {
        case .granted(let context):
            #expect(hasRoom && self.queue.isEmpty, "call \(call) got a context past others, or past the size")
            self.calls.append(Call(phase: .over))
            self.count(call)
            self.hold(call, context)
        case .wait(let ticket):
            #expect(!self.isClosed && !hasRoom && self.queueLimit.map { self.queue.count < $0 } ?? true)
            self.calls.append(Call(ticket: ticket, phase: .announced))
            self.queue.append(call)
        case .overloaded(let waiting):
            #expect(!self.isClosed && !hasRoom && waiting == self.queueLimit && waiting == self.queue.count)
            self.tally.refused += 1
        case .closed:
            #expect(self.isClosed)
        }
    }

    private mutating func wait(_ call: Int) {
        guard let ticket = self.calls[call].ticket else { return }
        let outcome = self.state.wait(ticket, call)
        #expect(outcome == self.early[call])
        self.calls[call].phase = .waiting
        if let outcome {
            self.early[call] = nil
            self.tally.grantedEarly += outcome.isGrant ? 1 : 0
            self.end(call, outcome)
        }
    }

    private mutating func leave(_ call: Int, _ outcome: State.Outcome) {
        guard let ticket = self.calls[call].ticket else { return }
        let wake = outcome == .cancelled ? self.state.cancel(ticket) : self.state.expire(ticket)
        guard let place = self.queue.firstIndex(of: call) else {
            #expect(wake == nil, "call \(call) was ended twice")
            self.tally.tooLate += 1
            return
        }
        self.queue.remove(at: place)
        self.tally.cancelled += outcome == .cancelled ? 1 : 0
        self.tally.timedOut += outcome == .timedOut ? 1 : 0
        self.expect([wake].compactMap(\.self), [(call, outcome)])
    }

    private mutating func release(_ call: Int) {
        guard case .holding(let context) = self.calls[call].phase else { return }
        self.calls[call].phase = .over
        self.holders -= 1
        let wake = self.state.release(context)
        self.expect([wake].compactMap(\.self), self.grants(returned: context))
    }

    private mutating func resize(to size: Int) {
        guard !self.isClosed else { return }
        self.tally.grown += size > self.size ? 1 : 0
        self.tally.shrunkInUse += size < self.holders ? 1 : 0
        self.size = size
        let wakes = self.state.resize(to: size)
        self.expect(wakes, self.grants(returned: nil))
    }

    private mutating func close() {
        let left = self.queue
        self.queue = []
        self.tally.closed += self.isClosed ? 0 : 1
        self.isClosed = true
        let wakes = self.state.close()
        self.expect(wakes, left.map { ($0, .closed) })
    }

    // MARK: What is to come of it

    /// Those who get a context now, by the order in which they came.
    private mutating func grants(returned: Int?) -> [(call: Int, outcome: State.Outcome)] {
        guard !self.isClosed else { return [] }
        let count = max(0, min(self.queue.count, self.size - self.holders))
        defer { self.queue.removeFirst(count) }
        self.tally.handedOver += returned == nil ? 0 : count
        return self.queue.prefix(count).map { ($0, .granted(returned)) }
    }

    /// Those who wait are woken, in this order; the others will be told when they come to wait.
    private mutating func expect(_ wakes: [State.Wake], _ expected: [(call: Int, outcome: State.Outcome)]) {
        let awake = expected.filter { self.calls[$0.call].phase == .waiting }
        #expect(wakes.map(\.waiter) == awake.map(\.call), "woken in another order than they came")
        #expect(wakes.map(\.outcome) == awake.map(\.outcome))
        for (call, outcome) in expected {
            if outcome.isGrant { self.count(call) }
            if self.calls[call].phase == .waiting {
                self.end(call, outcome)
            } else {
                self.early[call] = outcome
            }
        }
    }

    /// A context is taken from the moment in which it is given, though the call may not know yet.
    private mutating func count(_ call: Int) {
        #expect(self.holders < self.size, "call \(call) got a context past the size")
        self.holders += 1
        self.tally.granted += 1
    }

    private mutating func end(_ call: Int, _ outcome: State.Outcome) {
        if case .granted(let context) = outcome { self.hold(call, context) } else { self.calls[call].phase = .over }
    }

    private mutating func hold(_ call: Int, _ context: Int?) {
        self.lastContext += context == nil ? 1 : 0
        let context = context ?? self.lastContext
        #expect(!self.calls.contains { $0.phase == .holding(context) }, "two calls have context \(context)")
        self.calls[call].phase = .holding(context)
    }
}

extension PoolScript.Tally {
    static func + (lhs: Self, rhs: Self) -> Self {
        Self(
            granted: lhs.granted + rhs.granted,
            handedOver: lhs.handedOver + rhs.handedOver,
            grantedEarly: lhs.grantedEarly + rhs.grantedEarly,
            cancelled: lhs.cancelled + rhs.cancelled,
            timedOut: lhs.timedOut + rhs.timedOut,
            closed: lhs.closed + rhs.closed,
            refused: lhs.refused + rhs.refused,
            grown: lhs.grown + rhs.grown,
            shrunkInUse: lhs.shrunkInUse + rhs.shrunkInUse,
            tooLate: lhs.tooLate + rhs.tooLate
        )
    }
}

extension PoolState.Outcome {
    fileprivate var isGrant: Bool {
        if case .granted = self { true } else { false }
    }
}
