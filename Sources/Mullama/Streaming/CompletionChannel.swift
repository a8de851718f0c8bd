import Synchronization

/// The streams of several answers, and which of them have ended. Holds the lock and the continuations; ``CompletionState`` decides.
final class CompletionChannel: Sendable {
    private typealias Waiter = CheckedContinuation<Int?, Never>

    private let streams: [GenerationStream]
    private let state: Mutex<CompletionState<Waiter>>

    init(_ streams: [GenerationStream]) {
        self.streams = streams
        self.state = Mutex(CompletionState(count: streams.count))
        for (index, stream) in streams.enumerated() {
            stream.collectsWhole()
            stream.onEnd { [weak self] in self?.complete(index) }
        }
    }

    /// The next answer that has ended, or nil after the last. Cancelling the task cancels all, which ends them.
    ///
    /// - Parameter isolation: The caller's. A closure that names it runs there; else waiting on an actor would take a way off it and back.
    func next(isolation: isolated (any Actor)?) async -> (index: Int, result: Result<Generation, any Error>)? {
        let index = await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { waiter in
                self.resume(self.state.withLock { $0.next(waiter) })
            }
        } onCancel: {
            self.cancel()
        }
        guard let index else { return nil }
        do {
            return (index, .success(try await self.streams[index].collect()))
        } catch {
            return (index, .failure(error))
        }
    }

    func cancel() {
        for stream in self.streams { stream.cancel() }
    }

    private func complete(_ index: Int) {
        self.resume(self.state.withLock { $0.complete(index) })
    }

    private func resume(_ wakes: [CompletionState<Waiter>.Wake]) {
        for wake in wakes { wake.waiter.resume(returning: wake.index) }
    }
}
