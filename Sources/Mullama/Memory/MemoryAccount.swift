/// What a loaded model has of the process's memory for its cache. Its promises and what it allocated end with it.
package final class MemoryAccount: Sendable {
    let budget: CacheBudget
    private let ledger: MemoryLedger
    private let holder: MemoryReservations.HolderID

    package convenience init(_ budget: CacheBudget) {
        self.init(budget, in: .shared)
    }

    init(_ budget: CacheBudget, in ledger: MemoryLedger) {
        self.budget = budget
        self.ledger = ledger
        self.holder = ledger.withReservations { state, _ in state.register(budget) }
    }

    deinit {
        self.ledger.withReservations { [holder] state, _ in state.remove(holder) }
    }

    /// What is left for this model, promised to it or to nobody; nil where the system does not tell.
    var left: Int? { self.ledger.left(besides: self.holder) }

    /// Bytes that the cache has now, with the buffers beside it.
    var allocated: Int { self.ledger.withReservations { [holder] state, _ in state.allocated(by: holder) } }

    func promise(_ contexts: ContextDemand) throws(MemoryShortage) -> MemoryReservations.PromiseID {
        try self.ledger.withReservations { [holder] (state, available) throws(MemoryShortage) in
            try state.promise(contexts, to: holder, available: available())
        }
    }

    func change(_ promise: MemoryReservations.PromiseID, to contexts: ContextDemand) throws(MemoryShortage) {
        try self.ledger.withReservations { (state, available) throws(MemoryShortage) in
            try state.change(promise, to: contexts, available: available())
        }
    }

    func giveBack(_ promise: MemoryReservations.PromiseID) {
        self.ledger.withReservations { state, _ in state.giveBack(promise) }
    }

    /// Asks for bytes before they are allocated. ``settle(_:)`` must follow, however that went.
    func claim(_ bytes: Int) throws(MemoryShortage) {
        try self.ledger.withReservations { [holder] (state, available) throws(MemoryShortage) in
            try state.claim(bytes, for: holder, available: available())
        }
    }

    /// The bytes that are allocated now.
    func settle(_ bytes: Int) {
        self.ledger.withReservations { [holder] state, _ in state.settle(holder, allocated: bytes) }
    }
}
