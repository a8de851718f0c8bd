extension SchedulerLimits {
    /// The shapes that the cache may get for requests that run together: the one that the scheduler asks for first, then those that it falls
    /// back on, one after the other, when memory is short. None if the requests cannot run together at all.
    ///
    /// - Parameter needs: Cells that each request may fill.
    package func geometries(for needs: [Int]) -> [CacheGeometry] {
        var sizing = CacheSizing(limits: self)
        var geometries: [CacheGeometry] = []
        while !needs.isEmpty, case .fits(let geometry) = sizing.decide(for: needs, running: [], present: .none) {
            geometries.append(geometry)
            sizing.resizeFailed(geometry, because: RequestFault(.outOfMemory, "passed over"))
        }
        return geometries
    }
}

extension CacheGeometry {
    /// The largest cache that this one may have to be made beside, when the present one has become too small: it grows by powers of two.
    package var predecessor: CacheGeometry {
        let half = self.cellsPerSlot.roundedUpToPowerOfTwo / 2
        let shorter = half < CacheSizing.leastCells ? .none : CacheGeometry(slots: self.slots, cellsPerSlot: half)
        let narrower = CacheGeometry(slots: self.slots.roundedUpToPowerOfTwo / 2, cellsPerSlot: self.cellsPerSlot)
        return narrower.cells > shorter.cells ? narrower : shorter
    }
}
