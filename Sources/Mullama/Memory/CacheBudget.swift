import Foundation
package import InferenceCore

/// What the KV cache of a model costs, and what it may cost.
package struct CacheBudget: Sendable, Hashable {
    /// Bytes that one token takes, all layers together.
    package var bytesPerToken: Int
    /// The most bytes for all contexts together, where the model was loaded with a limit.
    package var limit: Int?
    /// The most generations computed together.
    package var parallel: Int
    /// What stands beside a cache; nil for nothing.
    package var compute: ComputeCost?

    package init(bytesPerToken: Int, limit: Int? = nil, parallel: Int, compute: ComputeCost? = nil) {
        self.bytesPerToken = bytesPerToken
        self.limit = limit
        self.parallel = parallel
        self.compute = compute
    }

    /// The most cells of all slots together.
    package var cells: Int {
        self.limit.map { max(1, $0 / max(1, self.bytesPerToken)) } ?? .max
    }

    /// The most tokens of prefixes that are kept outside of the cache.
    ///
    /// - Parameter bytes: Nil for what the machine can spare: an eighth of its memory, at most 2 GiB.
    func parkedTokens(_ bytes: Int?) -> Int {
        let spare = min(2 << 30, Int(clamping: ProcessInfo.processInfo.physicalMemory / 8))
        return (bytes ?? spare) / max(1, self.bytesPerToken)
    }

    /// Bytes of a cache of this shape, with the buffers beside it.
    package func bytes(of geometry: CacheGeometry) -> Int {
        guard geometry.cells > 0 else { return 0 }
        return self.cache(of: geometry).saturatingPlus(self.compute?.bytes(of: geometry) ?? 0)
    }

    /// Bytes of the cells alone.
    func cache(of geometry: CacheGeometry) -> Int {
        geometry.cells.saturatingTimes(self.bytesPerToken)
    }

    /// What the cache takes when these contexts are in use at the same time and full: first what the scheduler wants, then what it makes do
    /// with. None if the limit is too low for them.
    func demands(for contexts: [ContextDemand]) -> [CacheDemand] {
        SchedulerLimits(parallel: self.parallel, firstSlots: 1, cells: self.cells).geometries(for: self.needs(of: contexts)).map {
            geometry in
            CacheDemand(
                lasting: self.bytes(of: geometry),
                whileGrowing: self.bytes(of: geometry).saturatingPlus(self.bytes(of: geometry.predecessor))
            )
        }
    }

    /// Bytes of the least cells in which these contexts can be in use at the same time and full.
    func leastCache(for contexts: [ContextDemand]) -> Int {
        let needs = self.needs(of: contexts)
        return self.cache(of: CacheGeometry(slots: needs.count, cellsPerSlot: (needs.first ?? 0).roundedUp(toMultipleOf: 256)))
    }

    /// The sizes of those that are computed together: more contexts than that take turns.
    private func needs(of contexts: [ContextDemand]) -> [Int] {
        let sizes = ContextParams.sizes
        let needs = contexts.flatMap { demand in
            let size = min(max(demand.size, sizes.lowerBound), sizes.upperBound)
            return [Int](repeating: size, count: min(max(0, demand.count), self.parallel))
        }
        return Array(needs.sorted(by: >).prefix(self.parallel))
    }
}
