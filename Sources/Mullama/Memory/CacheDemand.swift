/// What a cache takes in memory, in bytes.
struct CacheDemand: Sendable, Hashable {
    /// Once it is there.
    var lasting: Int
    /// While it is made beside the one that has become too small.
    var whileGrowing: Int

    /// What is still to come beside what is there.
    func outstanding(after allocated: Int) -> Int {
        allocated >= self.lasting ? 0 : max(0, self.whileGrowing - allocated)
    }
}
