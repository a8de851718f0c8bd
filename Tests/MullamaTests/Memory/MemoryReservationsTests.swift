import Testing

@testable import Mullama

@Suite("Promises of memory")
struct MemoryReservationsTests {
    /// One full cache of four slots of 1,024 tokens takes 4,096 bytes, and 2,048 beside it while it grows.
    private static let budget = CacheBudget(bytesPerToken: 1, parallel: 4)
    private static let full = ContextDemand(count: 4, size: 1_024)

    private func refusal(_ body: () throws(MemoryShortage) -> Void) -> MemoryShortage? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("S35: what is promised and allocated is not counted twice")
    func allocated() throws {
        var state = MemoryReservations()
        let holder = state.register(Self.budget)
        _ = try state.promise(Self.full, to: holder, available: 6_144)
        #expect(state.promised() == 6_144)
        try state.claim(2_048, for: holder, available: 6_144)
        #expect(state.allocated(by: holder) == 0)
        state.settle(holder, allocated: 2_048)
        #expect(state.allocated(by: holder) == 2_048)
        // The system has 4,096 left, all of which the next cache takes beside the first.
        #expect(state.promised() == 4_096)
        try state.claim(4_096, for: holder, available: 4_096)
        state.settle(holder, allocated: 4_096)
        #expect(state.promised() == 0)
        state.settle(holder, allocated: 0)
        #expect(state.promised() == 6_144)
    }

    @Test("S35: a growth without a promise does not take what others were promised; one's own promise is no hindrance")
    func growth() throws {
        var state = MemoryReservations()
        let promised = state.register(Self.budget)
        let other = state.register(Self.budget)
        let promise = try state.promise(Self.full, to: promised, available: 10_000)
        let refused = self.refusal { () throws(MemoryShortage) in try state.claim(4_000, for: other, available: 10_000) }
        #expect(refused == .memory(needed: 4_000, available: 10_000, promised: 6_144))
        try state.claim(3_856, for: other, available: 10_000)
        #expect(state.promised() == 10_000)
        state.settle(other, allocated: 3_856)
        try state.claim(6_144, for: promised, available: 6_144)
        state.settle(promised, allocated: 0)
        state.giveBack(promise)
        try state.claim(4_000, for: other, available: 4_000)
    }

    @Test("S35: pools of one model share its cache, of which only so many contexts run at once")
    func sharedCache() throws {
        var state = MemoryReservations()
        let holder = state.register(Self.budget)
        let first = try state.promise(ContextDemand(count: 2, size: 1_024), to: holder, available: 6_144)
        let second = try state.promise(ContextDemand(count: 8, size: 900), to: holder, available: 6_144)
        #expect(state.promised() == 6_144)
        state.giveBack(first)
        #expect(state.promised() == 6_144)
        state.giveBack(second)
        #expect(state.promised() == 0)

        var limited = MemoryReservations()
        let small = limited.register(CacheBudget(bytesPerToken: 1, limit: 2_048, parallel: 4))
        _ = try limited.promise(ContextDemand(count: 1, size: 1_024), to: small, available: nil)
        _ = try limited.promise(ContextDemand(count: 1, size: 1_024), to: small, available: nil)
        let refused = self.refusal { () throws(MemoryShortage) in
            _ = try limited.promise(ContextDemand(count: 1, size: 1_024), to: small, available: nil)
        }
        #expect(refused == .limit(needed: 3_072, limit: 2_048))
    }

    @Test("S35: with less memory, the shape is promised that the scheduler makes do with")
    func fallback() throws {
        var state = MemoryReservations()
        let holder = state.register(Self.budget)
        let two = ContextDemand(count: 2, size: 1_100)
        // Wanted: 2 × 2,048 and 2 × 1,024 beside it. Then 2 × 1,280 and as much beside it.
        for (available, promised) in [(6_144, 6_144), (6_143, 4_608)] {
            let promise = try state.promise(two, to: holder, available: available)
            #expect(state.promised() == promised)
            state.giveBack(promise)
        }
        let refused = self.refusal { () throws(MemoryShortage) in _ = try state.promise(two, to: holder, available: 4_607) }
        #expect(refused == .memory(needed: 4_608, available: 4_607, promised: 0))
        #expect(state.promised() == 0)
    }

    @Test("S35: less is never refused, more that is refused changes nothing, and a model that is gone has no promises")
    func changes() throws {
        var state = MemoryReservations()
        let holder = state.register(Self.budget)
        let promise = try state.promise(ContextDemand(count: 2, size: 1_024), to: holder, available: 3_072)
        #expect(state.promised() == 3_072)
        let refused = self.refusal { () throws(MemoryShortage) in
            try state.change(promise, to: ContextDemand(count: 3, size: 1_024), available: 3_072)
        }
        #expect(refused == .memory(needed: 5_120, available: 3_072, promised: 0))
        #expect(state.promised() == 3_072)
        try state.change(promise, to: ContextDemand(count: 1, size: 1_024), available: 0)
        #expect(state.promised() <= 3_072)
        state.remove(holder)
        #expect(state.promised() == 0)
        state.giveBack(promise)
        #expect(state.promised() == 0)
    }

    @Test("S35: random promises, growths and ends never promise more than there is", arguments: 0..<20)
    func random(_ seed: UInt64) throws {
        var generator = Seeded(state: seed &* 2_654_435_761 &+ 1)
        var state = MemoryReservations()
        let total = 100_000
        var allocated: [MemoryReservations.HolderID: Int] = [:]
        var promises: [MemoryReservations.PromiseID] = []
        for _ in 0..<4 { allocated[state.register(Self.budget)] = 0 }
        for _ in 0..<300 {
            let holder = try #require(allocated.keys.randomElement(using: &generator))
            let available = total - allocated.values.reduce(0, +)
            let demand = ContextDemand(count: .random(in: 1...6, using: &generator), size: .random(in: 1...8_000, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1:
                if let promise = try? state.promise(demand, to: holder, available: available) { promises.append(promise) }
            case 2:
                if let promise = promises.randomElement(using: &generator) { try? state.change(promise, to: demand, available: available) }
            case 3:
                if let index = promises.indices.randomElement(using: &generator) { state.giveBack(promises.remove(at: index)) }
            default:
                let bytes = Int.random(in: 0...40_000, using: &generator)
                let present = allocated[holder, default: 0]
                guard bytes > present, (try? state.claim(bytes, for: holder, available: available)) != nil else { continue }
                allocated[holder] = bytes
                state.settle(holder, allocated: bytes)
            }
            #expect(state.promised() <= total - allocated.values.reduce(0, +))
        }
        for promise in promises { state.giveBack(promise) }
        #expect(state.promised() == 0)
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ (self.state >> 29)
        }
    }
}
