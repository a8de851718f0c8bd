/// The items of a list or a tuple.
final class ListStorage {
    let items: [Value]
    let depth: Int
    let weight: Int
    /// Whether it is one of the pairs that `groupby` makes, whose items have names.
    let isGroup: Bool

    init(_ items: [Value], isGroup: Bool = false) {
        self.items = items
        self.isGroup = isGroup
        var depth = 0
        var weight = 1
        for item in items {
            depth = max(depth, item.depth)
            weight = weight.addingSaturated(item.weight)
        }
        self.depth = depth + 1
        self.weight = weight
    }
}
