/// What makes two requests ask for the same model: the file, links followed.
struct ModelKey: Sendable, Hashable, Comparable {
    let path: String

    static func < (left: Self, right: Self) -> Bool { left.path < right.path }
}
