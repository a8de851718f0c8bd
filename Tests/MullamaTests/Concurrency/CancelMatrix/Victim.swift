import InferenceCore
import MullamaTestSupport

@testable import Mullama

/// The call that a cell of the matrix ends, with its consumer.
final class Victim: Sendable {
    enum End: Equatable, Sendable {
        /// The whole answer was read.
        case whole
        case cancelled
        case timedOut
        /// The consumer went away by itself.
        case left
        case failed(String)
    }

    typealias Outcome = (end: End, text: String?)

    /// Starts with whole blocks that can be found in the cache again, and goes on with a last chunk.
    static let prompt = String(repeating: "A victim's words", count: 7) + "...."
    static let limit = Duration.seconds(5)

    private let way: CancelWay
    private let clock: ManualClock
    private let token = CancellationToken()
    /// Where the reader is while it does not read.
    private let elsewhere = Gate()
    private let stream = StreamBox()
    private let task: Task<Outcome, Never>?

    /// Makes the call. It reaches the model before this returns.
    init(_ cell: CancelCell, on model: AsyncModel, clock: ManualClock, maxTokens: Int) {
        self.way = cell.way
        self.clock = clock
        var options = GenerationOptions.greedy
        if cell.way == .token { options.cancellation = self.token }
        if cell.way == .deadline { options.deadline = Self.limit }
        self.stream.put(AsyncContext(model).stream(Self.prompt, maxTokens: maxTokens, options: options))

        let isSlow = cell.phase == .consumerBlocked || cell.phase == .afterEnd && cell.way != .timeout
        self.task =
            cell.way == .dropped
            ? nil
            : Task { [stream, elsewhere, way = cell.way, clock] in
                do {
                    let text =
                        way == .timeout
                        ? try await withTimeout(Self.limit, clock: clock) { try await stream.read(isSlow: isSlow, elsewhere, way) }
                        : try await stream.read(isSlow: isSlow, elsewhere, way)
                    return text.map { (.whole, $0) } ?? (.left, nil)
                } catch let error as MullamaError where error.code == .timedOut {
                    return (.timedOut, error.partialText)
                } catch is CancellationError {
                    return (.cancelled, nil)
                } catch {
                    return (.failed("\(error)"), nil)
                }
            }
    }

    /// Ends the call in its way, and has a reader that was elsewhere read on.
    func strike(_ model: AsyncModel) async throws -> Task<Void, Never>? {
        var closing: Task<Void, Never>?
        switch self.way {
        case .task: self.task?.cancel()
        case .token: self.token.cancel()
        case .timeout, .deadline: self.clock.advance(by: Self.limit)
        case .dropped: self.stream.drop()
        case .earlyBreak, .contextGone: break
        case .modelClosed:
            closing = Task { await model.close() }
            try await waitWhile(!model.host.isClosed)
        }
        // A reader that is only to see the cancel must not be let go on by anything else.
        if self.way != .task, self.way != .timeout { self.elsewhere.open() }
        return closing
    }

    /// What the consumer was told; returns when it was.
    var outcome: Outcome {
        get async { await self.task?.value ?? (.left, nil) }
    }
}
