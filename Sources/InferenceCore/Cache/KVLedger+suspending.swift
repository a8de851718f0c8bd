/// How a request gives up its slot and gets one again.
extension KVLedger {
    /// Takes a slot back and keeps all that it holds outside of the cache, for the request to go on with.
    ///
    /// - Returns: Nil if there is no room for it; then nothing has changed.
    mutating func suspend(_ slot: SlotID) -> (id: ParkID, ops: [MemoryOp])? {
        let own = self.slots[Int(slot.rawValue)]
        guard let context = own.context,
            let kept = self.parked.suspend(own.tokens, serving: own.serving, for: context, isStrict: own.isStrict)
        else { return nil }
        self.release(slot)
        return (kept.id, kept.dropped.map { .drop($0) } + [.park(slot, kept.id, keeping: own.tokens.count)])
    }

    /// Gives a request a slot again, with all that it had.
    mutating func resume(_ id: ParkID, for request: GenerationRequest) -> Place? {
        guard let entry = self.parked.entries[id], case .suspended(let serving) = entry.hold, let slot = self.leastSlot() else {
            return nil
        }
        let index = Int(slot.rawValue)
        let park = self.reusable(of: self.slots[index]) >= Self.leastParked ? self.park(slot, sparing: .kept(id)) : []
        self.parked.remove(id)
        self.slots[index].owner = request.id
        self.slots[index].context = request.context
        self.slots[index].isStrict = request.isStrict
        self.slots[index].tokens = entry.tokens
        self.slots[index].serving = serving
        self.slots[index].leastLength = self.limits.canTrimMoved ? 0 : entry.tokens.count
        let ops = park + [.copy(.kept(id), to: slot, keeping: entry.tokens.count), .drop(id)]
        return Place(slot: slot, reused: entry.tokens.count, ops: ops)
    }

    /// Lets go of what was kept for a request.
    mutating func drop(_ id: ParkID) -> MemoryOp {
        self.parked.remove(id)
        return .drop(id)
    }

    /// The idle slot with the least to lose.
    private func leastSlot() -> SlotID? {
        let idle = self.slots.indices.filter { self.slots[$0].owner == nil }.map { index in
            PrefixReusePolicy.Candidate(
                slot: SlotID(Int32(index)),
                shared: 0,
                worth: self.reusable(of: self.slots[index]),
                lastUse: self.slots[index].lastUse
            )
        }
        return self.policy.choose(among: idle)?.slot
    }
}
