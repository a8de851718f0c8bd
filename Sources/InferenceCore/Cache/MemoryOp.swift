/// A change to the KV cache. The ledger decides on it, the backend carries it out before the step's rows are computed.
public enum MemoryOp: Sendable, Hashable {
    /// Replace the cache by one of this shape; the slots named keep what they hold.
    case resize(CacheGeometry, keeping: [SlotID])
    /// Forget the slot's tokens from a position on.
    case removeTail(SlotID, from: Int)
    /// Forget all that the slot holds.
    case clear(SlotID)
    /// Forget `count` tokens from a position on and move the later ones up.
    case discard(SlotID, from: Int, count: Int)
    /// Put a kept prefix into the slot in place of what it holds, and forget all of it but `keeping` tokens.
    case restore(ParkID, SlotID, keeping: Int)
    /// Let go of a kept prefix.
    case drop(ParkID)
}
