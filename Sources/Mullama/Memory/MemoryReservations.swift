/// Who was promised how much memory, who has it already, and what that leaves for others. A value: the lock and the system's figures stand
/// apart in ``MemoryLedger``.
///
/// Pools of one model share its cache, so promises are added up as contexts, not as bytes: the model computes them in one cache, in which
/// only so many run at once. What is promised and allocated already is missing from what the system calls available, and is not subtracted
/// again.
struct MemoryReservations {
    struct HolderID: Hashable, Sendable {
        fileprivate let number: Int
    }

    struct PromiseID: Hashable, Sendable {
        fileprivate let holder: HolderID
        fileprivate let number: Int
    }

    /// A model's cache.
    private struct Holder {
        let budget: CacheBudget
        var promises: [PromiseID: ContextDemand] = [:]
        /// What all of its promises need together.
        var demand: CacheDemand?
        var allocated = 0
        /// On its way to being allocated.
        var claimed = 0

        var outstanding: Int {
            max(self.demand?.outstanding(after: self.allocated) ?? 0, self.claimed)
        }
    }

    private var holders: [HolderID: Holder] = [:]
    private var lastNumber = 0

    // MARK: Models

    mutating func register(_ budget: CacheBudget) -> HolderID {
        let id = HolderID(number: self.nextNumber())
        self.holders[id] = Holder(budget: budget)
        return id
    }

    mutating func remove(_ holder: HolderID) {
        self.holders[holder] = nil
    }

    /// Bytes that all but one were promised and do not have yet.
    func promised(besides holder: HolderID? = nil) -> Int {
        self.holders.filter { $0.key != holder }.values.reduce(0) { $0.saturatingPlus($1.outstanding) }
    }

    /// Bytes that a model's cache has.
    func allocated(by holder: HolderID) -> Int { self.holders[holder]?.allocated ?? 0 }

    // MARK: Promises

    /// Promises memory for contexts.
    ///
    /// - Parameter available: Bytes that the system can give; nil where it does not tell.
    mutating func promise(
        _ contexts: ContextDemand,
        to holder: HolderID,
        available: Int?
    ) throws(MemoryShortage) -> PromiseID {
        let id = PromiseID(holder: holder, number: self.nextNumber())
        try self.change(id, to: contexts, available: available)
        return id
    }

    /// Makes a promise larger or smaller. What is refused changes nothing; less is never refused.
    mutating func change(_ id: PromiseID, to contexts: ContextDemand, available: Int?) throws(MemoryShortage) {
        guard let holder = self.holders[id.holder] else { return }
        if let present = holder.promises[id], contexts.count <= present.count, contexts.size <= present.size {
            self.lower(id, to: contexts)
            return
        }
        var promises = holder.promises
        promises[id] = contexts
        let all = Array(promises.values)
        let demands = holder.budget.demands(for: all)
        guard let least = demands.last else {
            throw .limit(needed: holder.budget.leastCache(for: all), limit: holder.budget.limit ?? .max)
        }
        let promised = self.promised(besides: id.holder)
        let fitting = demands.first { demand in
            guard let available else { return true }
            return demand.outstanding(after: holder.allocated) <= available - min(available, promised)
        }
        guard let fitting else {
            throw .memory(needed: least.outstanding(after: holder.allocated), available: available ?? .max, promised: promised)
        }
        self.holders[id.holder]?.promises = promises
        self.holders[id.holder]?.demand = fitting
    }

    mutating func giveBack(_ id: PromiseID) {
        self.lower(id, to: nil)
    }

    private mutating func lower(_ id: PromiseID, to contexts: ContextDemand?) {
        guard var holder = self.holders[id.holder], let present = holder.demand else { return }
        holder.promises[id] = contexts
        let demands = holder.budget.demands(for: Array(holder.promises.values))
        // Another shape may last longer and take less while it grows: nothing more may be taken from what others were told is left.
        let outstanding = present.outstanding(after: holder.allocated)
        let less = demands.first { $0.outstanding(after: holder.allocated) <= outstanding && $0.whileGrowing <= present.whileGrowing }
        holder.demand = holder.promises.isEmpty ? nil : less ?? present
        self.holders[id.holder] = holder
    }

    // MARK: Allocating

    /// Asks for memory that is to be allocated now, promised or not. It counts as taken until ``settle(_:allocated:)``.
    mutating func claim(_ bytes: Int, for holder: HolderID, available: Int?) throws(MemoryShortage) {
        let promised = self.promised(besides: holder)
        if let available, bytes > available - min(available, promised) {
            throw .memory(needed: bytes, available: available, promised: promised)
        }
        self.holders[holder]?.claimed = bytes
    }

    /// What a holder has now.
    mutating func settle(_ holder: HolderID, allocated: Int) {
        self.holders[holder]?.claimed = 0
        self.holders[holder]?.allocated = allocated
    }

    private mutating func nextNumber() -> Int {
        self.lastNumber += 1
        return self.lastNumber
    }
}
