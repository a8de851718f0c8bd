/// Decides what shape the KV cache needs for the requests that are to start. It grows with use: nothing is there before the first request.
struct CacheSizing: Sendable {
    enum Decision: Sendable, Equatable {
        /// The requests fit into a cache of this shape, which may be the present one.
        case fits(CacheGeometry)
        /// They will fit when some that run have ended.
        case wait
        /// Not even alone.
        case refuse(RequestFault)
    }

    /// llama.cpp rounds a sequence's cells up to this anyway.
    static let cellUnit = 256
    /// Small enough to be made in a few milliseconds, large enough that a short chat never grows it.
    static let leastCells = 512

    private let limits: SchedulerLimits
    /// Fewer than `limits.cells` after the backend could not allocate that much.
    private var cellBudget: Int
    private var lastFault: RequestFault?

    init(limits: SchedulerLimits) {
        self.limits = limits
        self.cellBudget = limits.cells
    }

    /// - Parameters:
    ///   - needs: Cells that each request to be started may fill.
    ///   - running: The same for those that have a slot.
    func decide(for needs: [Int], running: [Int], ledger: KVLedger) -> Decision {
        let present = ledger.geometry
        let largest = needs.max() ?? 0
        let slots = running.count + needs.count

        let roomy = CacheGeometry(
            slots: present.slots >= slots ? present.slots : min(self.limits.parallel, slots.roundedUpToPowerOfTwo),
            cellsPerSlot: present.cellsPerSlot >= largest ? present.cellsPerSlot : max(Self.leastCells, largest.roundedUpToPowerOfTwo)
        )
        if roomy == present || roomy.cells <= self.cellBudget { return .fits(roomy) }

        let tight = CacheGeometry(
            slots: max(slots, ledger.slotsInUse),
            cellsPerSlot: max(largest, running.max() ?? 0).roundedUp(toMultipleOf: Self.cellUnit)
        )
        if tight.cells <= self.cellBudget { return .fits(tight) }
        if !running.isEmpty || needs.count > 1 { return .wait }
        return .refuse(
            self.lastFault
                ?? RequestFault(
                    .cacheExhausted,
                    "the request needs \(tight.cellsPerSlot) cells of KV cache and \(self.cellBudget) may be used: "
                        + "ask for fewer tokens, or allow more with cacheMemory"
                )
        )
    }

    mutating func resizeFailed(_ target: CacheGeometry, because fault: RequestFault) {
        self.cellBudget = min(self.cellBudget, target.cells - 1)
        self.lastFault = fault
    }

    /// Memory may be there again.
    mutating func forgetFailures() {
        self.cellBudget = self.limits.cells
        self.lastFault = nil
    }
}

extension Int {
    var roundedUpToPowerOfTwo: Int {
        guard self > 1 else { return 1 }
        let shift = Int.bitWidth - (self - 1).leadingZeroBitCount
        return shift < Int.bitWidth - 2 ? 1 << shift : self
    }

    func roundedUp(toMultipleOf unit: Int) -> Int {
        let (sum, overflow) = self.addingReportingOverflow(unit - 1)
        return overflow ? self : sum / unit * unit
    }
}
