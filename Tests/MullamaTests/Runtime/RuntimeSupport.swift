import Foundation
import MullamaTestSupport
import Testing

@testable import Mullama

/// Runs `body` on a thread that belongs to nobody, as a synchronous program does.
func onOwnThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// Whether the caller runs on a thread of the runtime.
func isOnThread(of runtime: MullamaRuntime) -> Bool {
    WorkerThread.current?.runtime === runtime
}

/// Holds threads until as many as it is for have come.
final class ThreadBarrier: @unchecked Sendable {
    // Sendable by hand: all state is touched under `condition` only.
    private let condition = NSCondition()
    private var missing: Int

    init(_ count: Int) {
        self.missing = count
    }

    func arriveAndWait() {
        self.condition.withLock {
            self.missing -= 1
            self.condition.broadcast()
            while self.missing > 0 { self.condition.wait() }
        }
    }
}

extension MullamaRuntime {
    /// Waits until the metrics are as wanted.
    func reaches(_ isReached: (RuntimeMetrics) -> Bool) async throws {
        try await waitWhile(!isReached(self.metrics))
    }
}

extension MullamaError {
    static func hasCode(_ code: Code, _ error: any Error) -> Bool {
        (error as? MullamaError)?.code == code
    }
}

#if os(Linux)
/// The names of the process's threads.
func threadNames() -> [String] {
    let folder = "/proc/self/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.compactMap { try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8) }
        .map { $0.trimmingCharacters(in: .newlines) }
}
#endif
