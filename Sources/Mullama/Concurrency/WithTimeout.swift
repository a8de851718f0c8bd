/// Runs `body`, and cancels it if it has not ended within a time limit.
///
/// The body runs where the caller runs: on the main actor, or any other, it may use its caller's own state. It is over when the call returns
/// or throws, always: calls of this library end at once on cancel, and so does the whole, but a body that ignores its cancellation holds the
/// caller until it ends.
///
/// - Parameters:
///   - limit: How long the body may take. With zero or less it does not run at all.
///   - clock: What the time is measured with.
/// - Returns: What the body returned within the limit. What it returns later is dropped.
/// - Throws: ``MullamaError/Code/timedOut`` if the limit was over before the body ended, whatever came of the body after that. The error's
///   ``MullamaError/partialText`` is the text so far of the generation that the body waited for; of several at once, none. Within the limit,
///   what the body throws, such as `CancellationError` when the task is cancelled.
public func withTimeout<R: Sendable>(
    _ limit: Duration,
    clock: some Clock<Duration> = ContinuousClock(),
    _ body: () async throws -> R
) async throws -> R {
    guard limit > .zero else { throw MullamaError.timeIsOver(limit, partialText: nil) }
    let scope = TimeLimitScope(outer: TimeLimitScope.current)
    let deadline = clock.now.advanced(by: limit.clampedForSleep)
    let outcome = await TimeLimitScope.$current.withValue(scope) {
        await TimeRace.run(body, until: deadline, on: clock, isolation: #isolation)
    }
    switch outcome {
    case .inTime(let result):
        return try result.get()
    case .late(let result):
        // A body that was cancelled may have made an error of its own of it, with the text.
        var partialText = scope.text
        if case .failure(let error as MullamaError) = result { partialText = partialText ?? error.partialText }
        throw MullamaError.timeIsOver(limit, partialText: partialText)
    }
}

extension MullamaError {
    fileprivate static func timeIsOver(_ limit: Duration, partialText: String?) -> MullamaError {
        MullamaError(.timedOut, "the time limit of \(limit) is over: allow more time or ask for less", partialText: partialText)
    }
}
