import Foundation
import Testing

@testable import Mullama

/// Each body runs in a process of its own, which it ends.
@Suite("Blocking where it could be for ever", .timeLimit(.minutes(1)))
struct BlockOnMisuseTests {
    /// A synchronous function, which the compiler lets tasks call.
    private static func block(on runtime: MullamaRuntime) throws {
        try runtime.blockOn {}
    }

    private func expect(_ message: String, in result: ExitTest.Result?, sourceLocation: SourceLocation = #_sourceLocation) {
        let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(errors.contains(message), sourceLocation: sourceLocation)
    }

    @Test("S19: blockOn on a thread of the runtime traps, and says why")
    func onItsThread() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let runtime = try MullamaRuntime.builder().workerThreads(2).build()
            try await runtime.spawn { try Self.block(on: runtime) }.value
        }
        self.expect("blockOn was called on a thread of a MullamaRuntime", in: result)
    }

    @Test("S19: so it does on a thread of another runtime")
    func onAnothersThread() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let runtime = try MullamaRuntime.builder().workerThreads(1).build()
            let other = try MullamaRuntime.builder().workerThreads(1).build()
            try await other.spawn { try Self.block(on: runtime) }.value
        }
        self.expect("blockOn was called on a thread of a MullamaRuntime", in: result)
    }

    @Test("S19: so it does in a task on Swift's own threads")
    func inTask() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let runtime = try MullamaRuntime.builder().workerThreads(1).build()
            try Self.block(on: runtime)
        }
        self.expect("blockOn was called inside of a task", in: result)
    }

    @Test("S19: so it does in a task on the main actor")
    func onMainActor() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let runtime = try MullamaRuntime.builder().workerThreads(1).build()
            try await MainActor.run { try Self.block(on: runtime) }
        }
        self.expect("blockOn was called inside of a task", in: result)
    }

    @Test("S19: so it does in a block of the main queue")
    func onMainQueue() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let runtime = try MullamaRuntime.builder().workerThreads(1).build()
            await withCheckedContinuation { continuation in
                DispatchQueue.main.async {
                    try? Self.block(on: runtime)
                    continuation.resume()
                }
            }
        }
        self.expect("blockOn was called in a block of the main queue", in: result)
    }
}
