import Testing

@testable import InferenceCore

@Suite("KVLedger")
struct KVLedgerTests {
    private var ledger = KVLedger(limits: SchedulerLimits(parallel: 2))

    init() {
        _ = self.ledger.resize(to: CacheGeometry(slots: 2, cellsPerSlot: 512))
    }

    private mutating func acquire(_ request: GenerationRequest) throws -> KVLedger.Place {
        let place = self.ledger.acquire(for: request)
        return try #require(place)
    }

    /// Acquires a slot for a prompt and computes it, the last chunk apart from the blocks.
    private mutating func serve(_ id: UInt64, context: UInt64? = nil, prompt: Range<Int>, generating: Int = 0) throws -> SlotID {
        let place = try self.acquire(.sample(id, context: context, prompt: prompt))
        let tokens = Token.numbered(prompt)
        let lastStart = PrefillBlocks.standard.lastChunkStart(promptCount: tokens.count)
        if place.reused < lastStart { self.ledger.extend(place.slot, by: tokens[place.reused..<lastStart], serving: true) }
        self.ledger.extend(place.slot, by: tokens[lastStart...], serving: false)
        for token in Token.numbered(5_000..<(5_000 + generating)) {
            self.ledger.extend(place.slot, by: CollectionOfOne(token), serving: false)
        }
        return place.slot
    }

    private func expectNothing(_ ops: [MemoryOp], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(ops.isEmpty, sourceLocation: sourceLocation)
    }

    @Test("what was kept outside serves prompts of all contexts until its own forgets it, in the slot with the least to lose")
    mutating func kept() throws {
        let slot = try self.serve(1, prompt: 1_000..<1_100)
        self.ledger.release(slot)
        let id = self.ledger.pin(Token.numbered(0..<64), for: ContextID(9))
        let place = try self.acquire(.sample(2, prompt: 0..<200))
        #expect(place.ops == [.copy(.kept(id), to: place.slot, keeping: 64)])
        #expect(place.slot != slot)
        #expect(place.reused == 64)
        let other = try self.acquire(.sample(3, prompt: 0..<100))
        #expect(other.ops == [.copy(.slot(place.slot), to: other.slot, keeping: 64)])
        #expect(self.ledger.keptPrefix(of: ContextID(9))?.tokens.count == 64)
        #expect(self.ledger.forget(ContextID(9)) == [.drop(id)])
        #expect(self.ledger.keptPrefix(of: ContextID(9)) == nil)
    }

    @Test("a kept prefix that cannot be cut serves whole or not at all; one that is longer than a slot never")
    mutating func keptWhole() throws {
        self.ledger = KVLedger(limits: SchedulerLimits(parallel: 2, canTrimMoved: false))
        _ = self.ledger.resize(to: CacheGeometry(slots: 2, cellsPerSlot: 512))
        _ = self.ledger.pin(Token.numbered(0..<64), for: ContextID(9))
        _ = self.ledger.pin(Token.numbered(2_000..<2_528), for: ContextID(9))
        let part = try self.acquire(.sample(1, prompt: 0..<60))
        #expect(part.reused == 0)
        let whole = try self.acquire(.sample(2, prompt: 0..<100))
        #expect(whole.reused == 64)
        self.ledger.release(part.slot)
        let long = try self.acquire(.sample(3, prompt: 2_000..<2_200))
        #expect(long.reused == 0)
    }

    @Test("a context's longest computed prefix can be saved, cut to what is reusable, unless it is in use")
    mutating func saving() throws {
        let slot = try self.serve(1, context: 7, prompt: 0..<100, generating: 5)
        let busy = self.ledger.cutForSaving(ContextID(7))
        #expect(busy == nil)
        self.ledger.release(slot)
        let cut = self.ledger.cutForSaving(ContextID(7))
        let prefix = try #require(cut)
        #expect(prefix.slot == slot)
        #expect(prefix.tokens == Token.numbered(0..<80))
        #expect(self.ledger.length(of: slot) == 80)
        let others = self.ledger.cutForSaving(ContextID(8))
        #expect(others == nil)
    }

    @Test("a new ledger has no slot to give")
    func none() {
        var ledger = KVLedger(limits: SchedulerLimits(parallel: 2))
        #expect(ledger.geometry == .none)
        let place = ledger.acquire(for: .sample(1))
        #expect(place == nil)
        #expect(ledger.busyLengths.isEmpty)
    }

    @Test("slots are given out until all are in use, and again after a release")
    mutating func acquire() throws {
        let first = try self.acquire(.sample(1))
        let second = try self.acquire(.sample(2))
        #expect(Set([first.slot, second.slot]) == [SlotID(0), SlotID(1)])
        #expect(first.reused == 0 && first.ops.isEmpty)
        let third = self.ledger.acquire(for: .sample(3))
        #expect(third == nil)
        #expect(self.ledger.busyLengths.count == 2)
        self.ledger.release(second.slot)
        let again = try self.acquire(.sample(3))
        #expect(again.slot == second.slot)
    }

    @Test("whole blocks are reused and the rest is removed")
    mutating func reuse() throws {
        let slot = try self.serve(1, prompt: 0..<100, generating: 5)
        #expect(self.ledger.length(of: slot) == 105)
        self.ledger.release(slot)

        let place = try self.acquire(.sample(2, prompt: 0..<200))
        #expect(place.slot == slot)
        #expect(place.reused == 80)
        #expect(place.ops == [.removeTail(slot, from: 80)])
        #expect(self.ledger.length(of: slot) == 80)
    }

    @Test("what was computed in the last chunk or generated is never reused, even where the tokens agree")
    mutating func onlyBlocks() throws {
        let slot = try self.serve(1, prompt: 0..<20)
        self.ledger.extend(slot, by: Token.numbered(20..<60), serving: false)
        // Whole blocks behind something that is not are not counted either.
        self.ledger.extend(slot, by: Token.numbered(60..<92), serving: true)
        self.ledger.release(slot)
        let place = try self.acquire(.sample(2, prompt: 0..<200))
        #expect(place.reused == 0)
    }

    @Test("a slot that holds exactly what is reused needs no change")
    mutating func exact() throws {
        let place = try self.acquire(.sample(1, prompt: 0..<64))
        self.ledger.extend(place.slot, by: Token.numbered(0..<48), serving: true)
        self.ledger.release(place.slot)
        let again = try self.acquire(.sample(2, prompt: 0..<64))
        #expect(again.slot == place.slot && again.reused == 48 && again.ops.isEmpty)
    }

    @Test("a slot with nothing of use is cleared")
    mutating func cleared() throws {
        let first = try self.serve(1, prompt: 0..<40)
        let second = try self.serve(2, prompt: 100..<140)
        self.ledger.release(second)
        self.ledger.release(first)
        let place = try self.acquire(.sample(3, prompt: 500..<540))
        #expect(place.slot == second)
        #expect(place.ops == [.clear(second)])
        #expect(self.ledger.length(of: second) == 0)
    }

    @Test("a discard moves later tokens up and keeps the prompt's blocks for reuse")
    mutating func discard() throws {
        let slot = try self.serve(1, prompt: 0..<40, generating: 10)
        let ops = self.ledger.discard(slot, from: 40, count: 5)
        #expect(ops == .discard(slot, from: 40, count: 5))
        #expect(self.ledger.length(of: slot) == 45)
        #expect(self.ledger.slots[Int(slot.rawValue)].tokens.suffix(5) == Token.numbered(5_005..<5_010)[...])
        self.ledger.release(slot)
        let place = try self.acquire(.sample(2, prompt: 0..<100))
        #expect(place.reused == 16)
    }

    @Test("a discard inside the blocks leaves only those before it")
    mutating func discardInside() throws {
        let slot = try self.serve(1, prompt: 0..<100)
        _ = self.ledger.discard(slot, from: 40, count: 3)
        self.ledger.release(slot)
        let place = try self.acquire(.sample(2, prompt: 0..<200))
        #expect(place.reused == 32)
    }

    @Test("a slot that cannot be trusted is released empty")
    mutating func releaseAndForget() throws {
        let slot = try self.serve(1, prompt: 0..<100)
        let ops = self.ledger.releaseAndForget(slot)
        #expect(ops == .clear(slot))
        #expect(self.ledger.length(of: slot) == 0)
        #expect(self.ledger.busyLengths.isEmpty)
    }

    @Test("a context's slots are forgotten unless they are in use")
    mutating func forget() throws {
        let idle = try self.serve(1, context: 7, prompt: 0..<40)
        self.ledger.release(idle)
        let busy = try self.serve(2, context: 7, prompt: 900..<940)
        try #require(busy != idle)
        expectNothing(self.ledger.forget(ContextID(8)))
        let ops = self.ledger.forget(ContextID(7))
        #expect(ops == [.clear(idle)])
        #expect(self.ledger.length(of: idle) == 0)
        #expect(self.ledger.length(of: busy) == 40)
        expectNothing(self.ledger.forget(ContextID(7)))
    }

    @Test("busy lengths name the slots in use only")
    mutating func busyLengths() throws {
        let idle = try self.serve(1, prompt: 0..<40)
        let busy = try self.serve(2, prompt: 900..<933)
        self.ledger.release(idle)
        #expect(self.ledger.busyLengths.map(\.slot) == [busy])
        #expect(self.ledger.busyLengths.map(\.length) == [33])
    }

    @Test("slots that grow keep what they hold")
    mutating func grow() throws {
        let slot = try self.serve(1, prompt: 0..<40)
        let larger = CacheGeometry(slots: 2, cellsPerSlot: 1_024)
        let ops = self.ledger.resize(to: larger)
        #expect(ops == [.resize(larger, keeping: [slot])])
        #expect(self.ledger.geometry == larger)
        #expect(self.ledger.busyLengths.map(\.length) == [40])
    }

    @Test("what a sliding window left behind is not moved for a later prompt, and what is moved is not reused")
    mutating func growWithWindow() throws {
        self.ledger = KVLedger(limits: SchedulerLimits(parallel: 2, canTrimMoved: false))
        _ = self.ledger.resize(to: CacheGeometry(slots: 2, cellsPerSlot: 512))
        let idle = try self.serve(1, prompt: 0..<64)
        let busy = try self.serve(2, prompt: 900..<964)
        self.ledger.release(idle)
        let larger = CacheGeometry(slots: 2, cellsPerSlot: 1_024)
        let ops = self.ledger.resize(to: larger)
        #expect(ops == [.resize(larger, keeping: [busy])])
        self.ledger.release(busy)
        let place = try self.acquire(.sample(3, prompt: 900..<980))
        #expect(place.reused == 0)
    }

    @Test("slots that shrink forget what no longer fits")
    mutating func shrink() throws {
        let long = try self.serve(1, prompt: 0..<300)
        let short = try self.serve(2, prompt: 900..<940)
        self.ledger.release(long)
        let smaller = CacheGeometry(slots: 2, cellsPerSlot: 256)
        let ops = self.ledger.resize(to: smaller)
        #expect(ops == [.resize(smaller, keeping: [short])])
        #expect(self.ledger.length(of: long) == 0)
        let place = try self.acquire(.sample(3, prompt: 0..<200))
        #expect(place.slot == long && place.reused == 0 && place.ops.isEmpty)
    }

    @Test("slots that come and go leave the others as they are")
    mutating func otherSlots() throws {
        let busy = try self.serve(1, prompt: 0..<40)
        let idle = try self.serve(2, prompt: 900..<940)
        self.ledger.release(idle)
        let more = CacheGeometry(slots: 3, cellsPerSlot: 512)
        #expect(self.ledger.resize(to: more) == [.resize(more, keeping: [busy, idle])])
        #expect(self.ledger.slotsInUse == 1)
        let fewer = CacheGeometry(slots: 1, cellsPerSlot: 512)
        #expect(self.ledger.resize(to: fewer) == [.resize(fewer, keeping: [busy])])
        #expect(self.ledger.busyLengths.map(\.length) == [40])
    }

    @Test("an idle slot that goes is parked")
    mutating func parksWhatGoes() throws {
        self.ledger = KVLedger(limits: SchedulerLimits(parallel: 2, parkedTokens: 1_000))
        _ = self.ledger.resize(to: CacheGeometry(slots: 2, cellsPerSlot: 512))
        let idle = try self.serve(1, prompt: 0..<100)
        self.ledger.release(idle)
        #expect(self.ledger.resize(to: .none) == [.park(idle, ParkID(1), keeping: 80), .resize(.none, keeping: [])])
        _ = self.ledger.resize(to: CacheGeometry(slots: 1, cellsPerSlot: 512))
        let place = try self.acquire(.sample(2, prompt: 0..<100))
        #expect(place.reused == 80)
    }
}
