/// Models whose state cannot be rolled back: it is saved on the way, where a later prompt is likely to begin.
extension Scheduler {
    /// Where the state of a prompt is to be saved.
    func checkpoints(of request: GenerationRequest) -> Set<Int> {
        guard !self.limits.canTrimMoved else { return [] }
        var checkpoints = Set(self.ledger.parting(of: request).map { [$0] } ?? [])
        // The next turn of a conversation begins with all of this one. Where the end can be cut off, the slot itself will do.
        if !self.limits.canTrim { checkpoints.insert(self.shape.blocks.lastChunkStart(promptCount: request.prompt.count)) }
        return checkpoints
    }

    /// Saves the prompts that have come to such a place.
    mutating func saveCheckpoints() -> [MemoryOp] {
        var ops: [MemoryOp] = []
        for id in self.running {
            guard case .prefilling(let slot, let next)? = self.sequences[id]?.phase,
                self.sequences[id]?.checkpoints.remove(next) != nil
            else { continue }
            ops += self.ledger.save(slot)
        }
        return ops
    }
}
