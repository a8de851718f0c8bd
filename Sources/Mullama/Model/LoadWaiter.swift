import Synchronization

/// One call that waits for a load, and its channel from the load's thread to the call's task.
///
/// Progress goes through a buffer of one, in which a later value takes the place of an earlier one that nobody has read: a slow handler holds up
/// its own task and nobody else.
final class LoadWaiter<Value: Sendable>: Sendable {
    private let progress: AsyncThrowingStream<Double, any Error>
    private let input: AsyncThrowingStream<Double, any Error>.Continuation
    private let loaded = Mutex<Value?>(nil)

    init() {
        (self.progress, self.input) = AsyncThrowingStream.makeStream(of: Double.self, bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: The load's side

    func report(_ progress: Double) {
        self.input.yield(progress)
    }

    func finish(_ result: Result<Value, any Error>) {
        switch result {
        case .success(let value):
            self.loaded.withLock { $0 = value }
            self.input.finish()
        case .failure(let error):
            self.input.finish(throwing: error)
        }
    }

    // MARK: The call's side

    /// Waits for the end of the load.
    ///
    /// - Parameters:
    ///   - onProgress: Called in the caller's task and isolation.
    ///   - onCancel: Called when the task is cancelled before the end, from any thread.
    func value(
        onProgress: (@Sendable (Double) -> Void)?,
        onCancel: @escaping @Sendable () -> Void
    ) async throws -> Value {
        self.input.onTermination = { reason in
            if case .cancelled = reason { onCancel() }
        }
        // Set on a stream that has ended already, it would stay there, and hold what it holds.
        defer { self.input.onTermination = nil }
        for try await progress in self.progress { onProgress?(progress) }
        // A stream whose task is cancelled ends without an error.
        guard let value = self.loaded.withLock({ $0 }) else { throw CancellationError() }
        return value
    }
}
