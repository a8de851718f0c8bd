/// Who goes first when more requests wait than can run: the higher class, and within a class the earlier call.
public enum RequestPriority: Int, Sendable, Hashable, Comparable, Codable, CaseIterable {
    case batch
    case normal
    case interactive

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
