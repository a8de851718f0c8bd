/// Who goes first when more requests wait than can run: the higher class, and within a class the earlier call.
///
/// Waiting counts: a request is passed by those of the next higher class that come within ``ageing`` of it, and by no later ones. Batch requests
/// give up their slot, and most of the time of each step, when a request of a higher class comes; they go on later where they were.
public enum RequestPriority: Int, Sendable, Hashable, Comparable, Codable, CaseIterable {
    case batch
    case normal
    case interactive

    /// So much earlier than a call of the class below counts a call: 10 s.
    public static let ageing = Duration.seconds(10)

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// What those who wait are ordered by: the time since when a request waits, set back for its class.
    package func rank(since time: Duration) -> Duration {
        time - Self.ageing * self.rawValue
    }
}
