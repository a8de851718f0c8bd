import Mullama

extension Inference {
    /// Runs what needs a model and generates nothing. It may have to wait for the model's load: until it is over it is in the list of requests, where it
    /// can be ended, and it has a place as an answer has one.
    ///
    /// - Parameters:
    ///   - keepAlive: How long the model stays loaded afterwards; nil for what the server does.
    ///   - limit: How long all of it may take.
    /// - Throws: ``MullamaError`` or ``APIError``, or what `body` throws; `CancellationError` when the task is cancelled.
    func withModel<R: Sendable>(
        _ model: String?,
        _ keepAlive: KeepAlive? = nil,
        within limit: Duration? = nil,
        for context: ServerContext,
        _ body: @escaping @Sendable (ModelLease) async throws -> R
    ) async throws -> R {
        let cancellation = CancellationToken()
        let entry = self.requests.begin(context, cancellation: cancellation)
        defer { entry.end() }
        let place = try self.admission.admit(self.models.resolve(model), answers: 1, key: context.keyName)
        defer { place.end() }
        var left = limit
        let lease = try await self.lease(model, keepAlive, within: &left, cancellation)
        entry.found(lease)
        let work = { @Sendable in try await cancellation.cancelling { try await body(lease) } }
        guard let left else { return try await work() }
        return try await withTimeout(left) { try await work() }
    }
}
