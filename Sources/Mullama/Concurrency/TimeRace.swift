/// A closure against a timer.
enum TimeRace<R: Sendable> {
    enum Outcome: Sendable {
        case inTime(Result<R, any Error>)
        /// The time was over first. Then the closure, cancelled, ended like this.
        case late(Result<R, any Error>)
    }

    private enum Event: Sendable {
        case ended(Result<R, any Error>)
        case timeOver
        case timerCancelled
    }

    /// Runs `body` in the caller's isolation, and cancels it at the deadline. Waits for its end in any case.
    ///
    /// - Parameter isolation: The caller's. The compiler accepts `withoutActuallyEscaping` only in a closure that names it.
    static func run<C: Clock<Duration>>(
        _ body: () async throws -> R,
        until deadline: C.Instant,
        on clock: C,
        isolation: isolated (any Actor)?
    ) async -> Outcome {
        await withoutActuallyEscaping(body) { body in
            await Self.run(TransferredBody(isolation: isolation, run: body), until: deadline, on: clock)
        }
    }

    private static func run<C: Clock<Duration>>(_ body: TransferredBody, until deadline: C.Instant, on clock: C) async -> Outcome {
        await withTaskGroup(of: Event.self) { group in
            group.addTask { .ended(await body.result(on: body.isolation)) }
            group.addTask {
                do {
                    try await clock.sleep(until: deadline, tolerance: nil)
                    return .timeOver
                } catch {
                    return .timerCancelled
                }
            }
            var isOver = false
            var outcome = Outcome.inTime(.failure(CancellationError()))
            for await event in group {
                switch event {
                case .ended(let result):
                    outcome = isOver ? .late(result) : .inTime(result)
                    group.cancelAll()
                case .timeOver:
                    isOver = true
                    group.cancelAll()
                case .timerCancelled:
                    break
                }
            }
            return outcome
        }
    }

    /// The caller's closure on its way into a child task.
    ///
    /// Sendable by hand: the child runs it in the caller's isolation, while the caller does nothing but wait for the child.
    private struct TransferredBody: @unchecked Sendable {
        let isolation: (any Actor)?
        let run: () async throws -> R

        func result(on isolation: isolated (any Actor)?) async -> Result<R, any Error> {
            do { return .success(try await self.run()) } catch { return .failure(error) }
        }
    }
}
