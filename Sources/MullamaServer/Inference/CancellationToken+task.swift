import Mullama

extension CancellationToken {
    /// Runs the operation in a task that is cancelled with this token, and with the caller's task.
    func cancelling<R: Sendable>(_ operation: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await operation() }
        let handler = self.onCancel { task.cancel() }
        defer { if let handler { self.removeHandler(handler) } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
