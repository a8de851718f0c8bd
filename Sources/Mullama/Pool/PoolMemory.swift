/// What the contexts of a pool take when they are full, and what there is for them.
struct PoolMemory: Sendable {
    private let budget: CacheBudget
    private let contextSize: Int
    private let available: @Sendable () -> Int?

    /// - Parameter available: Bytes that can be allocated now; nil where that is not known.
    init(_ budget: CacheBudget, contextSize: Int, available: @escaping @Sendable () -> Int? = { SystemMemory.available }) {
        self.budget = budget
        self.contextSize = contextSize
        self.available = available
    }

    /// - Parameters:
    ///   - contexts: How many there would be.
    ///   - added: How many of them are new: for the others, memory is in use or was found before.
    func check(contexts: Int, added: Int) throws(MullamaError) {
        let all = self.bytes(contexts)
        if let limit = self.budget.limit, all > limit {
            throw MullamaError(
                .outOfMemory,
                "\(contexts) contexts of \(self.contextSize) tokens take \(ByteCount(all)) of KV cache and the model's cacheMemory is "
                    + "\(ByteCount(limit)): use fewer or smaller contexts, or load the model with more"
            )
        }
        let new = self.bytes(added)
        if let available = self.available(), new > available {
            throw MullamaError(
                .outOfMemory,
                "\(added) \(added < contexts ? "more " : "")contexts of \(self.contextSize) tokens take \(ByteCount(new)) of KV cache and "
                    + "\(ByteCount(available)) of memory are available: use fewer or smaller contexts, or a pool that does not reserve memory"
            )
        }
    }

    /// - Parameter memory: Bytes for all contexts; nil for what is available.
    func recommendedSize(_ memory: Int?) -> Int {
        let bytes = min(memory ?? self.available() ?? .max, self.budget.limit ?? .max)
        return max(1, min(bytes / max(1, self.bytes(1)), self.budget.parallel))
    }

    private func bytes(_ contexts: Int) -> Int {
        let sizes = ContextParams.sizes
        let cells = min(max(self.contextSize, sizes.lowerBound), sizes.upperBound).roundedUp(toMultipleOf: 256)
        // The figures come from callers and from files, and may say anything.
        let (each, isTooLarge) = cells.multipliedReportingOverflow(by: self.budget.bytesPerToken)
        let (all, areTooLarge) = each.multipliedReportingOverflow(by: contexts)
        return isTooLarge || areTooLarge ? .max : all
    }
}
