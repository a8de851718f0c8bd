import Foundation
import Synchronization

/// One thread that runs jobs in the order in which they came: the executor of everything that calls the C library.
///
/// Calls into llama.cpp block for as long as they compute. On Swift's cooperative pool they would starve every other task of the
/// program, so they run here. The thread lives until ``stop()``, and works off what was enqueued before.
package final class InferenceThread: SerialExecutor {
    private enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private let queue = WorkQueue<Work>()
    private let identity = Mutex<pthread_t?>(nil)

    package init(name: String) {
        let thread = Thread { [self] in self.main() }
        thread.name = name
        // As large as a main thread's: grammars and tokenizers of the C library recurse.
        thread.stackSize = 8 << 20
        thread.start()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        self.queue.push(.job(UnownedJob(job)))
    }

    /// Runs `work` on the thread after all that was enqueued before.
    ///
    /// - Returns: False if the thread was stopped; then `work` will not run.
    @discardableResult
    package func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        self.queue.push(.closure(work))
    }

    /// Runs blocking `work` on the thread and waits for it without blocking the caller's.
    ///
    /// - Throws: What `work` throws, or ``MullamaError/Code/modelClosed`` if the thread was stopped.
    package func perform<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let isQueued = self.run { continuation.resume(with: Result(catching: work)) }
            if !isQueued { continuation.resume(throwing: MullamaError.modelClosed) }
        }
    }

    /// Runs blocking `work` on a thread of its own and waits for it without blocking the caller's.
    package static func performOnce<R: Sendable>(name: String, _ work: @escaping @Sendable () throws -> R) async throws -> R {
        let thread = InferenceThread(name: name)
        defer { thread.stop() }
        return try await thread.perform(work)
    }

    /// Runs blocking `work` on a thread of its own.
    static func runOnce(name: String, _ work: @escaping @Sendable () -> Void) {
        let thread = InferenceThread(name: name)
        thread.run(work)
        thread.stop()
    }

    /// Ends the thread once it has done what was enqueued before. It takes nothing more.
    package func stop() {
        self.queue.close()
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(self.isCurrentThread, "called off the inference thread")
    }

    package func isIsolatingCurrentContext() -> Bool? { self.isCurrentThread }

    package var isCurrentThread: Bool {
        self.identity.withLock { identity in
            guard let identity else { return false }
            return pthread_equal(identity, pthread_self()) != 0
        }
    }

    private func main() {
        self.identity.withLock { $0 = pthread_self() }
        while let work = self.queue.pop() {
            switch work {
            case .job(let job): job.runSynchronously(on: self.asUnownedSerialExecutor())
            case .closure(let work): work()
            }
        }
    }
}
