import CLlama
import InferenceCore

/// The KV cache of a model and what is kept outside of it. Belongs to the engine's thread.
///
/// When the cache changes its shape, a new C context takes the place of the old one, and the old one's sequences move over a few in each step,
/// those first that cannot wait. Until then they are computed where they are.
final class LlamaCache {
    /// How long moving may take in each step, beside what has to be moved anyway.
    private static let moveTime = Duration.milliseconds(30)

    private let recipe: ContextRecipe
    private let account: MemoryAccount
    private var context: LlamaContext?
    private var prepared: PreparedContext?
    private var kept: [ParkID: SequenceSnapshot] = [:]
    /// Slots whose contents are not what the ledger thinks.
    private(set) var broken: Set<SlotID> = []

    private var old: LlamaContext?
    /// Those that compute at the moment.
    private var threads: Int
    /// Slots that are still in the old context.
    private var toMove: [SlotID] = []
    /// Prefixes of the old context that are still to be parked.
    private var toPark: [(id: ParkID, slot: SlotID, count: Int)] = []
    private var unparked: Set<ParkID> = []
    /// What prefixes take that were parked since the last changes, in tokens.
    private(set) var parkedSizes: [ParkID: Int] = [:]
    /// Slots with a row in this step, which come to a border soon.
    private var decoding: Set<SlotID> = []

    /// - Parameter account: Sees in time that a cache cannot be had.
    init(_ recipe: ContextRecipe, account: MemoryAccount) {
        self.recipe = recipe
        self.account = account
        self.threads = recipe.settings.threads
    }

    deinit {
        self.prepared?.discard()
        self.account.settle(0)
    }

    // MARK: Computing

    /// Whether a slot is still in the old context: its rows are computed apart from the others'.
    func isOld(_ slot: SlotID) -> Bool { self.toMove.contains(slot) }

    func decode(_ batch: borrowing BatchBuffer, inOld: Bool) -> Int32 {
        self.makeThreadsFit()
        return (inOld ? self.old?.decode(batch) : self.context?.decode(batch)) ?? -1
    }

    /// The logits of a row of the last batch, or nil if it was not asked for any.
    func logits(row: Int, inOld: Bool) -> UnsafeMutableBufferPointer<Float>? {
        inOld ? self.old?.logits(row: row) : self.context?.logits(row: row)
    }

    func length(of slot: SlotID) -> Int {
        (self.isOld(slot) ? self.old?.length(of: slot) : self.context?.length(of: slot)) ?? 0
    }

    func removeTail(_ slot: SlotID, from position: Int) -> Bool {
        (self.isOld(slot) ? self.old?.removeTail(slot, from: position) : self.context?.removeTail(slot, from: position)) ?? false
    }

    // MARK: Changing

    /// Carries out changes, in their order.
    ///
    /// - Throws: If the cache could not be given its new shape. Then it is as it was.
    /// - Returns: Prefixes that were to be parked and are not.
    func apply(_ ops: [MemoryOp]) throws(RequestFault) -> Set<ParkID> {
        self.parkedSizes = [:]
        // Many prompts of one step may begin alike.
        var lastCopied: (slot: SlotID, snapshot: SequenceSnapshot)?
        var waitingParks: [(id: ParkID, slot: SlotID, count: Int)] = []
        let resize = ops.firstIndex { if case .resize = $0 { true } else { false } } ?? ops.startIndex
        let firstWaiting = ops[..<resize].lastIndex { if case .park = $0 { false } else { true } }.map { $0 + 1 } ?? ops.startIndex
        for (index, op) in ops.enumerated() {
            if lastCopied.map({ op.changes($0.slot) }) ?? false { lastCopied = nil }
            switch op {
            case .resize(let geometry, let slots):
                try self.resize(to: geometry, keeping: slots, parking: waitingParks)
            case .park(let slot, let id, let count) where (firstWaiting..<resize).contains(index):
                waitingParks.append((id, slot, count))
            case .copy(.slot(let source), let slot, let count):
                if lastCopied?.slot != source { lastCopied = self.snapshot(of: source).map { (source, $0) } }
                self.put(lastCopied?.snapshot, into: slot, keeping: count)
            default:
                self.apply(op)
            }
        }
        return self.unparked.take()
    }

    private func apply(_ op: MemoryOp) {
        switch op {
        case .clear(let slot):
            self.forget(slot)
        case .removeTail(let slot, let position):
            if self.context != nil, !self.removeTail(slot, from: position) { self.broken.insert(slot) }
        case .discard(let slot, let position, let count):
            self.move(slot)
            if !(self.context?.discard(slot, from: position, count: count) ?? true) { self.broken.insert(slot) }
        case .copy(.kept(let id), let slot, let count):
            self.put(self.keptPrefix(id), into: slot, keeping: count)
        case .park(let slot, let id, let count):
            self.park(id, self.snapshot(of: slot, keeping: count))
        case .save(let slot, let id):
            self.park(id, self.snapshot(of: slot))
        case .drop(let id):
            self.kept[id] = nil
            self.toPark.removeAll { $0.id == id }
        case .copy(.slot, _, _), .resize:
            break
        }
    }

    /// Forgets what a slot holds.
    func forget(_ slot: SlotID) {
        self.toMove.removeAll { $0 == slot }
        self.context?.clear(slot)
        self.broken.remove(slot)
    }

    private func put(_ snapshot: SequenceSnapshot?, into slot: SlotID, keeping count: Int) {
        self.forget(slot)
        let isThere = snapshot.map { self.context?.restore($0, into: slot) ?? false } ?? false
        if !isThere || !self.removeTail(slot, from: count) { self.broken.insert(slot) }
    }

    // MARK: What is kept outside

    func keep(_ id: ParkID, _ snapshot: SequenceSnapshot) {
        self.kept[id] = snapshot
    }

    func keptPrefix(_ id: ParkID) -> SequenceSnapshot? {
        if let index = self.toPark.firstIndex(where: { $0.id == id }) { self.park(self.toPark.remove(at: index)) }
        return self.kept[id]
    }

    /// The state of a slot; its tokens from `count` on are removed.
    func snapshot(of slot: SlotID, keeping count: Int? = nil) -> SequenceSnapshot? {
        guard !self.broken.contains(slot) else { return nil }
        if let count, !self.removeTail(slot, from: count) { return nil }
        return self.isOld(slot) ? self.old?.snapshot(of: slot) : self.context?.snapshot(of: slot)
    }

    private func park(_ id: ParkID, _ snapshot: SequenceSnapshot?) {
        self.kept[id] = snapshot
        guard let snapshot else {
            self.unparked.insert(id)
            return
        }
        self.parkedSizes[id] = snapshot.bytes.count.parts(ofAtMost: max(1, self.account.budget.bytesPerToken))
    }

    private func park(_ prefix: (id: ParkID, slot: SlotID, count: Int)) {
        let isCut = self.old?.removeTail(prefix.slot, from: prefix.count) ?? false
        self.park(prefix.id, isCut ? self.old?.snapshot(of: prefix.slot) : nil)
    }

    // MARK: Another shape

    /// Leaves a core to the thread that makes another cache. The threads that compute wait for each other at every operation, so that one which
    /// shares its core holds up all of them.
    private func makeThreadsFit() {
        let isShared = self.prepared?.isUnderWay ?? false
        let count = isShared ? max(1, self.recipe.settings.threads - 1) : self.recipe.settings.threads
        guard count != self.threads else { return }
        self.threads = count
        self.context?.setThreads(count)
        self.old?.setThreads(count)
    }

    /// Cells that there is memory for, those of the present cache included.
    var availableCells: Int? {
        let present = self.account.budget.bytes(of: self.context?.geometry ?? .none)
        return self.account.left.map { $0.saturatingPlus(present) / max(1, self.account.budget.bytesPerToken) }
    }

    /// Has a cache of another shape made, or lets go of it.
    ///
    /// - Parameter waits: Whether to wait for it, since there is nothing else to do.
    func prepare(_ geometry: CacheGeometry?, waits: Bool) -> StepOutcome.Preparation? {
        if self.prepared?.geometry != geometry, let other = self.prepared.take() {
            other.discard()
            self.settle()
        }
        guard let geometry else { return nil }
        if self.old != nil {
            // Who has no row now would be waited for in vain.
            for slot in self.toMove where !self.decoding.contains(slot) { self.move(slot) }
            guard self.toMove.isEmpty else { return nil }
        }
        if self.prepared == nil {
            do {
                try self.claim(geometry)
            } catch {
                self.settle()
                return .failed(geometry, error)
            }
            self.prepared = PreparedContext(geometry, self.recipe)
        }
        let preparation = self.prepared?.preparation(waits: waits)
        if case .failed = preparation {
            self.prepared = nil
            self.settle()
        }
        return preparation
    }

    private func resize(
        to geometry: CacheGeometry,
        keeping slots: [SlotID],
        parking parks: [(id: ParkID, slot: SlotID, count: Int)]
    ) throws(RequestFault) {
        self.moveAll()
        // Also after an error: what is there then is the old one.
        defer { self.settle() }
        let next = try self.makeContext(geometry)
        self.old = self.context.take()
        self.context = consume next
        self.toMove = slots
        self.toPark = parks
        self.broken.formIntersection(slots)
        if geometry == .none || slots.isEmpty && parks.isEmpty { self.moveAll() }
    }

    /// A context of a shape, the prepared one if it has that shape, which it may have to wait for; nil for no cache.
    private func makeContext(_ geometry: CacheGeometry) throws(RequestFault) -> LlamaContext? {
        guard geometry != .none else { return nil }
        if self.prepared?.geometry == geometry, let prepared = self.prepared.take() { return try prepared.take() }
        try self.claim(geometry)
        return try self.recipe.make(geometry)
    }

    private func claim(_ geometry: CacheGeometry) throws(RequestFault) {
        do {
            try self.account.claim(self.account.budget.bytes(of: geometry))
        } catch {
            throw RequestFault(
                .outOfMemory,
                "a KV cache of \(geometry) would \(error.reason): ask for fewer tokens, a smaller context or fewer parallel sequences"
            )
        }
    }

    /// Tells the account what there is. A cache that is being made is still claimed.
    private func settle() {
        guard self.prepared == nil else { return }
        let present = self.account.budget.bytes(of: self.context?.geometry ?? .none)
        self.account.settle(present + self.account.budget.bytes(of: self.old?.geometry ?? .none))
    }

    /// Moves what cannot be computed where it is: prompts, which may be too long for the old context, and sequences that have filled theirs.
    func makeRoom(for plan: StepPlan) {
        self.decoding = Set(plan.decode.map(\.slot))
        guard let cells = self.old?.geometry.cellsPerSlot else { return }
        for chunk in plan.prefill { self.move(chunk.slot) }
        for row in plan.decode where row.position >= cells { self.move(row.slot) }
    }

    /// Moves as much as takes little time.
    func moveSome() {
        guard self.old != nil else { return }
        let clock = ContinuousClock()
        let end = clock.now + Self.moveTime
        repeat {
            guard let slot = self.toMove.first(where: { self.old?.isAtBorder($0) ?? true }) else { break }
            self.moveNext(slot)
        } while clock.now < end
        while self.toMove.isEmpty, self.old != nil, clock.now < end { self.moveNext() }
    }

    private func moveAll() {
        while self.old != nil { self.moveNext(self.toMove.first) }
    }

    private func moveNext(_ slot: SlotID? = nil) {
        if let slot {
            self.move(slot)
        } else if let prefix = self.toPark.popLast() {
            self.park(prefix)
        }
        guard self.toMove.isEmpty, self.toPark.isEmpty else { return }
        ContextBox(self.old.take()).free()
        self.settle()
    }

    private func move(_ slot: SlotID) {
        guard self.isOld(slot) else { return }
        let snapshot = self.old?.snapshot(of: slot)
        self.toMove.removeAll { $0 == slot }
        guard let snapshot, self.context?.restore(snapshot, into: slot) ?? false else {
            self.broken.insert(slot)
            return
        }
    }
}

extension Set {
    /// What is in the set, which is empty afterwards.
    fileprivate mutating func take() -> Self {
        defer { self = [] }
        return self
    }
}
