import Synchronization

/// The memory that a pool was promised for its contexts, filled to the end. It goes back when the pool says so, or is gone.
final class PoolMemory: Sendable {
    private let account: MemoryAccount
    private let contextSize: Int
    private let promise = Mutex<MemoryReservations.PromiseID?>(nil)

    init(_ account: MemoryAccount, contextSize: Int) {
        self.account = account
        self.contextSize = contextSize
    }

    deinit {
        self.giveBack()
    }

    /// Has memory for so many contexts promised, in place of what was promised before.
    ///
    /// - Throws: ``MullamaError/Code/outOfMemory`` with all figures. What was promised before is kept then.
    func reserve(_ contexts: Int) throws(MullamaError) {
        let demand = ContextDemand(count: contexts, size: self.contextSize)
        do {
            try self.promise.withLock { (promise) throws(MemoryShortage) in
                if let present = promise {
                    try self.account.change(present, to: demand)
                } else {
                    promise = try self.account.promise(demand)
                }
            }
        } catch {
            throw self.refusal(contexts, error)
        }
    }

    func giveBack() {
        self.promise.withLock { promise in
            if let present = promise.take() { self.account.giveBack(present) }
        }
    }

    /// - Parameter memory: Bytes for all contexts; nil for what is available and not promised to others.
    static func recommendedSize(_ account: MemoryAccount, contextSize: Int, memory: Int?) -> Int {
        let bytes = memory ?? account.left ?? .max
        return account.budget.largestCount(of: contextSize, in: bytes, upTo: account.budget.parallel)
    }

    private func refusal(_ contexts: Int, _ shortage: MemoryShortage) -> MullamaError {
        let remedy =
            switch shortage {
            case .limit: "use fewer or smaller contexts, or load the model with more"
            case .memory: "use fewer or smaller contexts, load the model with less parallel, or make a pool that does not reserve memory"
            }
        return MullamaError(.outOfMemory, "\(contexts) contexts of \(self.contextSize) tokens \(shortage.reason): \(remedy)")
    }
}

extension CacheBudget {
    /// The most contexts of a size that a number of bytes holds when they are full, at least 1.
    func largestCount(of contextSize: Int, in bytes: Int, upTo most: Int) -> Int {
        let fitting = (1...max(1, most)).last { count in
            self.demands(for: [ContextDemand(count: count, size: contextSize)]).contains { $0.whileGrowing <= bytes }
        }
        return fitting ?? 1
    }
}
