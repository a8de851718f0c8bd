/// The items of a list or a tuple.
final class ListStorage {
    let items: [Value]
    let depth: Int
    let weight: Int
    /// The type of the first item that cannot be part of a key; nil where all can.
    let unhashableType: String?
    /// Whether it is one of the pairs that `groupby` makes, whose items have names.
    let isGroup: Bool

    init(_ items: [Value], isGroup: Bool = false) {
        self.items = items
        self.isGroup = isGroup
        var depth = 0
        var weight = 1
        var unhashableType: String?
        for item in items {
            depth = max(depth, item.depth)
            weight = weight.addingSaturated(item.weight)
            unhashableType = unhashableType ?? item.unhashableType
        }
        self.depth = depth + 1
        self.weight = weight
        self.unhashableType = unhashableType
    }
}
