import Synchronization

/// A load that a test watches and ends.
final class ManualLoad: Sendable {
    final class Weights: Sendable {}

    private struct State {
        var starts = 0
        var isFinished = false
    }

    private let state = Mutex(State())
    let cancelled = AsyncStream.makeStream(of: Void.self)

    var starts: Int { self.state.withLock { $0.starts } }

    func finish() {
        self.state.withLock { $0.isFinished = true }
    }

    /// Asks all the time whether it is cancelled, as llama.cpp does between tensors. To be run on a load's thread.
    func run(_ isCancelled: () -> Bool) throws -> Weights {
        self.state.withLock { $0.starts += 1 }
        while !self.state.withLock({ $0.isFinished }) {
            if isCancelled() {
                self.cancelled.continuation.yield()
                throw CancellationError()
            }
        }
        return Weights()
    }
}
