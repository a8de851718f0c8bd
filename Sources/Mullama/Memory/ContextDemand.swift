/// A number of contexts of one size.
struct ContextDemand: Sendable, Hashable {
    var count: Int
    /// Tokens of each.
    var size: Int
}
