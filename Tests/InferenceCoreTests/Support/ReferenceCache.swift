import InferenceCore
import Testing

/// A KV cache that is made only from what plans say, and that minds everything that llama.cpp would mind or get wrong.
///
/// A cell's value depends on all cells before it and on the kernel that computed it, so that a wrong prefix, a lost cell or a chunk cut in
/// another place shows in every later token.
struct ReferenceCache {
    struct Cell: Equatable {
        var token: Token
        var value: UInt64
    }

    private(set) var geometry = CacheGeometry.none
    private(set) var slots: [[Cell]] = []
    /// Who the rows of a slot were computed for, since its request began.
    private var owners: [SlotID: RequestID] = [:]
    private var kept: [ParkID: [Cell]] = [:]
    private(set) var discards = 0
    private(set) var copies = 0
    private(set) var parks = 0
    private(set) var suspensions = 0
    private(set) var saves = 0
    var canTrim = true
    var canTrimMoved = true
    /// To fewer cells than that a slot cannot be cut back.
    private var leastLengths: [SlotID: Int] = [:]
    private(set) var resizes = 0

    func length(of slot: SlotID) -> Int {
        self.slots.indices.contains(Int(slot.rawValue)) ? self.slots[Int(slot.rawValue)].count : -1
    }

    func tokens(in slot: SlotID) -> [Token] {
        self.slots[Int(slot.rawValue)].map(\.token)
    }

    /// The slot that a request's rows were computed in.
    func slot(of request: RequestID) -> SlotID? {
        self.owners.first { $0.value == request }?.key
    }

    /// Whether nobody's rows are in it once the operations are done.
    func isFree(after ops: [MemoryOp]) -> Bool {
        let left = ops.compactMap { if case .park(let slot, _, _) = $0 { slot } else { nil } }
        return self.owners.keys.allSatisfy { left.contains($0) }
    }

    /// Whoever had the slot has given it up.
    mutating func leave(_ slot: SlotID) {
        guard self.owners.removeValue(forKey: slot) != nil else { return }
        self.suspensions += 1
    }

    mutating func end(_ request: RequestID) {
        self.owners = self.owners.filter { $0.value != request }
    }

    mutating func apply(_ op: MemoryOp) {
        switch op {
        case .resize(let geometry, let kept):
            self.resize(to: geometry, keeping: kept)
        case .clear(let slot):
            guard self.exists(slot) else { return }
            self.slots[Int(slot.rawValue)] = []
            self.leastLengths[slot] = 0
        case .removeTail(let slot, let start):
            guard self.exists(slot) else { return }
            let length = self.length(of: slot)
            #expect((1...max(1, length)).contains(start), "removes from \(start) of \(length) in \(slot)")
            self.expectCut(slot, to: start)
            self.slots[Int(slot.rawValue)].removeSubrange(min(start, length)...)
        case .copy(let source, let slot, let count):
            self.copy(source, to: slot, keeping: count)
        case .park(let slot, let id, let count):
            guard self.exists(slot) else { return }
            #expect(count > 0 && count <= self.length(of: slot), "parks \(count) of \(self.length(of: slot)) in \(slot)")
            self.expectCut(slot, to: count)
            self.kept[id] = Array(self.slots[Int(slot.rawValue)].prefix(count))
            self.slots[Int(slot.rawValue)] = self.kept[id] ?? []
            self.parks += 1
            self.leave(slot)
        case .save(let slot, let id):
            guard self.exists(slot) else { return }
            self.kept[id] = self.slots[Int(slot.rawValue)]
            self.saves += 1
        case .drop(let id):
            // It may be gone: what stands before a resize that fails is asked for again.
            self.kept[id] = nil
        case .discard(let slot, let start, let count):
            guard self.exists(slot) else { return }
            let length = self.length(of: slot)
            #expect(count > 0 && start + count <= length, "discards \(start)..<\(start + count) of \(length) in \(slot)")
            guard start + count <= length else { return }
            self.slots[Int(slot.rawValue)].removeSubrange(start..<(start + count))
            self.discards += 1
        }
    }

    private mutating func copy(_ source: PrefixSource, to slot: SlotID, keeping count: Int) {
        let cells: [Cell]?
        switch source {
        case .kept(let id): cells = self.kept[id]
        case .slot(let other): cells = self.exists(other) && other != slot ? self.slots[Int(other.rawValue)] : nil
        }
        guard self.exists(slot), let cells else {
            Issue.record("\(source) is copied into \(slot) and is not there")
            return
        }
        #expect(cells.count <= self.geometry.cellsPerSlot && count <= cells.count && count > 0)
        #expect(
            self.canTrimMoved || count == cells.count,
            "\(count) of \(cells.count) cells are copied of a cache that cannot be cut after that"
        )
        self.slots[Int(slot.rawValue)] = Array(cells.prefix(count))
        self.leastLengths[slot] = self.canTrimMoved ? 0 : count
        self.copies += 1
    }

    private func expectCut(_ slot: SlotID, to length: Int) {
        #expect(
            length == self.length(of: slot) || self.canTrim && length >= self.leastLengths[slot, default: 0],
            "\(slot) is cut from \(self.length(of: slot)) to \(length) cells, which it cannot be"
        )
    }

    /// What is outside of the cache.
    var parkedTokens: Int { self.kept.values.reduce(0) { $0 + $1.count } }

    var keptCount: Int { self.kept.count }

    private mutating func resize(to geometry: CacheGeometry, keeping kept: [SlotID]) {
        for slot in self.owners.keys {
            #expect(kept.contains(slot), "\(slot) is in use and does not survive the resize to \(geometry)")
        }
        var resized: [[Cell]] = Array(repeating: [], count: geometry.slots)
        for slot in kept where self.exists(slot) && Int(slot.rawValue) < geometry.slots {
            #expect(self.length(of: slot) <= geometry.cellsPerSlot, "\(slot) holds more than fits into \(geometry)")
            resized[Int(slot.rawValue)] = self.slots[Int(slot.rawValue)]
        }
        self.geometry = geometry
        self.slots = resized
        for index in resized.indices where !self.canTrimMoved { self.leastLengths[SlotID(Int32(index))] = resized[index].count }
        self.resizes += 1
    }

    /// Computes rows of one request in one batch.
    ///
    /// - Parameter kernel: What tells rows apart that are computed together but not alike, for each row.
    /// - Returns: The value of the last cell, which the logits come from.
    mutating func compute(
        _ tokens: some Collection<Token>,
        at position: Int,
        in slot: SlotID,
        for request: RequestID,
        kernel: (Int) -> UInt64
    ) -> UInt64 {
        guard self.exists(slot) else { return 0 }
        let owner = self.owners[slot]
        #expect(
            owner == nil || owner == request,
            "\(slot) is computed for \(request) and is \(owner.map(String.init(describing:)) ?? "")'s"
        )
        let other = self.slot(of: request)
        #expect(other == nil || other == slot, "\(request) is computed in \(slot) and in \(other.map(String.init(describing:)) ?? "")")
        self.owners[slot] = request

        let index = Int(slot.rawValue)
        #expect(position == self.slots[index].count, "\(request) has a gap: position \(position) after \(self.slots[index].count) cells")
        #expect(position + tokens.count <= self.geometry.cellsPerSlot, "\(request) does not fit into \(self.geometry)")
        for (row, token) in tokens.enumerated() {
            let before = self.slots[index].last?.value ?? 0
            let value = SeededGenerator.mix(before ^ UInt64(truncatingIfNeeded: token.rawValue) &+ kernel(row) &* 0x1_0000_0001)
            self.slots[index].append(Cell(token: token, value: value))
        }
        return self.slots[index].last?.value ?? 0
    }

    private func exists(_ slot: SlotID) -> Bool {
        let isThere = self.slots.indices.contains(Int(slot.rawValue))
        #expect(isThere, "\(slot) is not in a cache of \(self.geometry)")
        return isThere
    }
}
