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
    /// Put the first `keeping` tokens of a prefix into the slot in place of what it holds. Their source keeps them.
    case copy(PrefixSource, to: SlotID, keeping: Int)
    /// Keep the first `keeping` tokens of the slot outside of the cache; the slot is about to be used for something else.
    case park(SlotID, ParkID, keeping: Int)
    /// Keep what the slot holds outside of the cache as well; the slot goes on with it.
    case save(SlotID, ParkID)
    /// Let go of a prefix that is kept outside.
    case drop(ParkID)

    /// Whether the operation changes what a slot holds.
    package func changes(_ slot: SlotID) -> Bool {
        switch self {
        case .resize: true
        case .removeTail(let changed, _), .clear(let changed), .discard(let changed, _, _), .copy(_, let changed, _),
            .park(let changed, _, _):
            changed == slot
        case .save, .drop: false
        }
    }
}
