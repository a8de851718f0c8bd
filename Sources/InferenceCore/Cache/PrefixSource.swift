/// Where a computed prefix is.
public enum PrefixSource: Sendable, Hashable {
    case slot(SlotID)
    case kept(ParkID)
}
