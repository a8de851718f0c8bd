/// Who goes first when more requests wait than can run: the higher class, and within a class the earlier call.
///
/// Waiting counts, too: every eighth slot goes to the call that has waited longest, whatever its class. Batch requests give up their slot, and
/// most of the time of each step, when a request of a higher class comes; they go on later where they were.
public enum RequestPriority: Int, Sendable, Hashable, Comparable, Codable, CaseIterable {
    case batch
    case normal
    case interactive

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
