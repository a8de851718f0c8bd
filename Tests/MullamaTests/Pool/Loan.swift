import Mullama
import MullamaTestSupport

/// A context that is borrowed until a test gives it back.
struct Loan: Sendable {
    let context: AsyncContext
    private let gate: Gate
    private let task: Task<Void, any Error>

    /// Borrows a context, waiting for one if need be.
    static func take(from pool: ModelPool) async throws -> Loan {
        let gate = Gate()
        let (contexts, handOut) = AsyncStream.makeStream(of: AsyncContext.self)
        let task = Task {
            defer { handOut.finish() }
            try await pool.withContext { context in
                handOut.yield(context)
                await gate.pass()
            }
        }
        for await context in contexts { return Loan(context: context, gate: gate, task: task) }
        try await task.value
        throw CancellationError()
    }

    func giveBack() async throws {
        self.gate.open()
        try await self.task.value
    }

    /// Cancels the task that has the context.
    func cancel() async throws {
        self.task.cancel()
        try await self.task.value
    }
}

extension ModelPool {
    /// Returns when this many calls wait.
    func waiting(_ count: Int) async throws {
        try await waitWhile(self.stats.waiting != count)
    }
}
