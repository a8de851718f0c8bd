import Foundation
import Synchronization

/// Repeats something on a thread of its own until it is told to stop, and remembers the first error.
final class BackgroundLoop: Sendable {
    private struct State {
        var isStopping = false
        var isDone = false
        var rounds = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let condition = NSCondition()

    init(_ body: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread { [self] in
            repeat {
                let failure: (any Error)?
                do {
                    try body()
                    failure = nil
                } catch {
                    failure = error
                }
                state.withLock {
                    $0.rounds += 1
                    $0.failure = $0.failure ?? failure
                }
            } while !state.withLock { $0.isStopping }
            condition.withLock {
                state.withLock { $0.isDone = true }
                condition.signal()
            }
        }
    }

    /// Ends the loop after the round that is under way; returns the number of rounds and throws the first error.
    func stop() throws -> Int {
        state.withLock { $0.isStopping = true }
        condition.withLock {
            while !state.withLock({ $0.isDone }) { condition.wait() }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.rounds
        }
    }
}
