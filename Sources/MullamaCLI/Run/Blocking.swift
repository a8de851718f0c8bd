import Foundation

/// Work that blocks, for asynchronous callers.
enum Blocking {
    /// Runs it on a thread of its own.
    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }
}
