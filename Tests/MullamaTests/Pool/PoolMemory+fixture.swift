@testable import Mullama

extension PoolMemory {
    /// The memory of a pool that is alone in the process.
    convenience init(_ budget: CacheBudget, contextSize: Int, available: @escaping @Sendable () -> Int?) {
        self.init(MemoryAccount(budget, in: MemoryLedger(available: available)), contextSize: contextSize)
    }
}
