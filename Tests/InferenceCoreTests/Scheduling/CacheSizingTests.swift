import Testing

@testable import InferenceCore

@Suite("CacheSizing")
struct CacheSizingTests {
    private static func decide(
        _ needs: [Int],
        running: [Int] = [],
        parallel: Int = 4,
        cells: Int = .max,
        present: (slots: Int, cells: Int) = (0, 0)
    ) -> CacheSizing.Decision {
        CacheSizing(limits: SchedulerLimits(parallel: parallel, cells: cells))
            .decide(for: needs, running: running, present: CacheGeometry(slots: present.slots, cellsPerSlot: present.cells))
    }

    private static func fits(_ slots: Int, _ cells: Int) -> CacheSizing.Decision {
        .fits(CacheGeometry(slots: slots, cellsPerSlot: cells))
    }

    @Test("the first cache has all slots, with cells to spare in powers of two")
    func first() {
        #expect(Self.decide([10]) == Self.fits(4, 512))
        #expect(Self.decide([10, 513, 3]) == Self.fits(4, 1_024))
        #expect(Self.decide([1_024]) == Self.fits(4, 1_024))
        #expect(Self.decide([10], parallel: 3) == Self.fits(3, 512))
    }

    @Test("a cache that is large enough stays, however many slots it has")
    func stays() {
        #expect(Self.decide([500], running: [100], present: (4, 512)) == Self.fits(4, 512))
        #expect(Self.decide([500], present: (1, 512)) == Self.fits(1, 512))
        #expect(Self.decide([500], cells: 1, present: (1, 512)) == Self.fits(1, 512))
    }

    @Test("longer requests make the slots grow, also beside others")
    func grows() {
        #expect(Self.decide([2_000], running: [100], present: (4, 512)) == Self.fits(4, 2_048))
        #expect(Self.decide([600], present: (4, 512)) == Self.fits(4, 1_024))
    }

    @Test("near the limit cells are cut to what is needed, in units of 256")
    func tight() {
        #expect(Self.decide([600], cells: 4_000) == Self.fits(4, 768))
        #expect(Self.decide([600], running: [10], cells: 4_000, present: (4, 512)) == Self.fits(4, 768))
        #expect(Self.decide([10], cells: 1_500) == Self.fits(4, 256))
    }

    @Test("then there are fewer slots, as long as all that run keep theirs")
    func fewer() {
        #expect(Self.decide([600], cells: 3_000) == Self.fits(3, 768))
        #expect(Self.decide([600, 600], cells: 1_600) == Self.fits(2, 768))
        #expect(Self.decide([600], running: [10], cells: 3_000, present: (4, 512)) == Self.fits(3, 768))
        #expect(Self.decide([600], running: [10, 10], cells: 2_000, present: (4, 512)) == .wait)
        #expect(Self.decide([10], running: [10], present: (1, 512)) == Self.fits(4, 512))
        #expect(Self.decide([10, 10], present: (1, 512)) == Self.fits(4, 512))
    }

    @Test("slots follow the requests in powers of two, and stay below the limit")
    func slots() {
        func decide(_ needs: Int, running: Int = 0, slotsInUse: Int? = nil) -> CacheSizing.Decision {
            CacheSizing(limits: SchedulerLimits(parallel: 6, firstSlots: 1)).decide(
                for: Array(repeating: 10, count: needs),
                running: Array(repeating: 10, count: running),
                slotsInUse: slotsInUse,
                present: .none
            )
        }
        #expect(decide(1) == Self.fits(1, 512))
        #expect(decide(3) == Self.fits(4, 512))
        #expect(decide(2, running: 3) == Self.fits(6, 512))
        // The fifth slot is in use, though only two are.
        #expect(decide(1, running: 1, slotsInUse: 5) == Self.fits(5, 512))
    }

    @Test("a cache that is four times too large has a smaller one that would do")
    func smaller() {
        let sizing = CacheSizing(limits: SchedulerLimits(parallel: 8, firstSlots: 1))
        func smaller(_ running: [Int], in slots: Int, of cells: Int) -> CacheGeometry? {
            sizing.smaller(for: running, slotsInUse: running.count, present: CacheGeometry(slots: slots, cellsPerSlot: cells))
        }
        #expect(smaller([500], in: 4, of: 512) == CacheGeometry(slots: 1, cellsPerSlot: 512))
        #expect(smaller([500, 20], in: 4, of: 512) == nil)
        #expect(smaller([500], in: 1, of: 4_096) == CacheGeometry(slots: 1, cellsPerSlot: 512))
        #expect(smaller([], in: 1, of: 512) == CacheGeometry.none)
        #expect(smaller([], in: 0, of: 0) == nil)
    }

    @Test("requests that fit only one after the other wait")
    func waits() {
        #expect(Self.decide([600, 600], cells: 1_500) == .wait)
        #expect(Self.decide([600], cells: 1_500) == Self.fits(1, 768))
    }

    @Test("what does not fit alone is refused, with both counts")
    func refuses() throws {
        guard case .refuse(let fault) = Self.decide([1_001], cells: 1_000) else {
            Issue.record("not refused")
            return
        }
        #expect(fault.code == .cacheExhausted)
        #expect(fault.message.contains("1024") && fault.message.contains("1000"))
        #expect(Self.decide([1_001], running: [1], cells: 1_000, present: (1, 256)) == .wait)
    }

    @Test("after a failure it stays below what could not be had, until that is forgotten")
    func failure() {
        var sizing = CacheSizing(limits: SchedulerLimits(parallel: 2))
        let fault = RequestFault(.outOfMemory, "2 MiB of 1 MiB")
        func decide(_ need: Int, running: [Int] = []) -> CacheSizing.Decision {
            sizing.decide(for: [need], running: running, present: .none)
        }
        for expected in [(2, 1_024), (2, 768), (1, 768)] {
            #expect(decide(600) == Self.fits(expected.0, expected.1))
            sizing.resizeFailed(CacheGeometry(slots: expected.0, cellsPerSlot: expected.1), because: fault)
        }
        #expect(decide(600) == .refuse(fault))
        #expect(decide(600, running: [1]) == .wait)
        #expect(decide(10) == Self.fits(2, 256))
        sizing.forgetFailures()
        #expect(decide(600) == Self.fits(2, 1_024))
    }

    @Test("huge contexts do not overflow")
    func huge() {
        #expect(CacheGeometry(slots: 4, cellsPerSlot: .max).cells == .max)
        #expect(Self.decide([.max], cells: .max) == Self.fits(4, .max))
        guard case .refuse = Self.decide([.max], cells: 1_000) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("rounding")
    func rounding() {
        #expect([0, 1, 2, 3, 1_023, 1_024, 1_025].map(\.roundedUpToPowerOfTwo) == [1, 1, 2, 4, 1_024, 1_024, 2_048])
        #expect([0, 1, 256, 257].map { $0.roundedUp(toMultipleOf: 256) } == [0, 256, 256, 512])
        #expect(Int.max.roundedUp(toMultipleOf: 256) == .max)
    }
}
