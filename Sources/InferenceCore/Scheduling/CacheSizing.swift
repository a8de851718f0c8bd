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

    /// How much larger than what runs needs the cache may stay.
    static let shrinkFactor = 4

    private let limits: SchedulerLimits
    /// Fewer than `limits.cells` after the backend could not allocate that much.
    private var cellBudget: Int
    private var lastFault: RequestFault?
    /// Cells that there is memory for at the moment, those that are there included; nil if that is not known.
    var available: Int?

    private var most: Int { min(self.cellBudget, self.available ?? .max) }

    init(limits: SchedulerLimits) {
        self.limits = limits
        self.cellBudget = limits.cells
    }

    /// - Parameters:
    ///   - needs: Cells that each request to be started may fill.
    ///   - running: The same for those that have a slot.
    ///   - slotsInUse: Slots up to the last one that is in use.
    func decide(for needs: [Int], running: [Int], slotsInUse: Int? = nil, present: CacheGeometry) -> Decision {
        let largest = max(needs.max() ?? 0, running.max() ?? 0)
        let together = running.count + needs.count
        if present.cellsPerSlot >= largest, present.slots >= together { return .fits(present) }

        let least = max(slotsInUse ?? running.count, together)
        let slots = max(least, self.limits.firstSlots, min(self.limits.parallel, together.roundedUpToPowerOfTwo))
        let tight = largest.roundedUp(toMultipleOf: Self.cellUnit)
        for cells in [max(Self.leastCells, largest.roundedUpToPowerOfTwo), tight] {
            let geometry = CacheGeometry(slots: slots, cellsPerSlot: cells)
            if geometry.cells <= self.most { return .fits(geometry) }
        }
        let fewer = min(slots, self.most / max(1, tight))
        if fewer >= least { return .fits(CacheGeometry(slots: fewer, cellsPerSlot: tight)) }
        return running.isEmpty && fewer == 0 ? .refuse(self.shortage(of: tight)) : .wait
    }

    /// The shape that would do for what runs, if the present one is far larger; nil if it is not.
    func smaller(for running: [Int], slotsInUse: Int, present: CacheGeometry) -> CacheGeometry? {
        guard !running.isEmpty else { return present == .none ? nil : CacheGeometry.none }
        guard case .fits(let enough) = self.decide(for: [], running: running, slotsInUse: slotsInUse, present: .none) else { return nil }
        return enough.cells <= present.cells / Self.shrinkFactor ? enough : nil
    }

    /// Why a request cannot have so many cells.
    func shortage(of cells: Int) -> RequestFault {
        if let fault = self.lastFault { return fault }
        if let available, available < self.cellBudget {
            return RequestFault(
                .outOfMemory,
                "the request needs \(cells) cells of KV cache and there is memory available for \(available): ask for fewer tokens"
            )
        }
        return RequestFault(
            .cacheExhausted,
            "the request needs \(cells) cells of KV cache and \(self.cellBudget) may be used: "
                + "ask for fewer tokens, or allow more with cacheMemory"
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
