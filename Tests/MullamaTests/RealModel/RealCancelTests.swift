import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

/// Some places of the cancel matrix on llama.cpp; all of them, held in the step, are in ``CancelMatrixTests``.
@Suite("Cancel matrix on the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealCancelTests {
    private static let prompt = String(repeating: "All work and no play makes Jack a dull boy. ", count: 8)
    private static let others = ["The capital of France is", "Once upon a time"]

    private let clock = ManualClock()

    @Test(
        "S22: the caller knows, the same prompt goes on from what was computed, and the others have their answers",
        arguments: [
            CancelCell(phase: .queued, way: .dropped), CancelCell(phase: .prefill, way: .task), CancelCell(phase: .prefill, way: .deadline),
            CancelCell(phase: .decode, way: .timeout),
        ]
    )
    func ends(_ cell: CancelCell) async throws {
        let model = try await RealModel.load(parallel: cell.phase == .queued ? 2 : 3)
        var alone: [String] = []
        for prompt in Self.others { alone.append(try await model.generate(prompt, maxTokens: 8, options: .greedy)) }
        let others = Self.others.map { AsyncContext(model).stream($0, maxTokens: 8, options: .greedy) }
        for other in others { other.collectsWhole() }

        // A beginning of its own, so that what is found in the cache later comes from the call that was cancelled.
        let prompt = "\(cell.testDescription): " + Self.prompt
        do {
            try await self.call(AsyncContext(model), prompt, endedBy: cell.way)
            #expect(cell.expectedEnd == .left)
        } catch is CancellationError {
            #expect(cell.expectedEnd == .cancelled)
        } catch let error as MullamaError {
            #expect(error.code == .timedOut)
            #expect(cell.expectedEnd == .timedOut)
        }

        for (other, text) in zip(others, alone) { #expect(try await other.collect().text == text) }
        let again = try await AsyncContext(model).stream(prompt, maxTokens: 4, options: .greedy).collect()
        if cell.phase == .decode { #expect(again.usage.cachedTokens >= again.usage.promptTokens - 31) }
        if cell.phase == .queued { #expect(again.usage.cachedTokens == 0) }
        let cold = try await RealModel.load(parallel: 1).generate(prompt, maxTokens: 4, options: .greedy)
        #expect(again.text == cold)
    }

    /// Makes a call for 400 tokens and ends it in this way.
    private func call(_ context: AsyncContext, _ prompt: String, endedBy way: CancelWay) async throws {
        let token = CancellationToken()
        var options = GenerationOptions.greedy
        options.cancellation = token
        // No machine has read the prompt and written 400 tokens by then.
        if way == .deadline { options.deadline = .milliseconds(50) }
        let stream = context.stream(prompt, maxTokens: 400, options: options)
        switch way {
        case .dropped:
            break
        case .earlyBreak:
            for try await _ in stream { break }
        case .token:
            for try await _ in stream { token.cancel() }
        case .timeout:
            try await withTimeout(.seconds(1), clock: self.clock) {
                for try await _ in stream { self.clock.advance(by: .seconds(1)) }
            }
        case .task:
            let task = Task { try await stream.collect() }
            // An answer of another context takes some steps, which are also the long prompt's.
            _ = try await context.model.generate(Self.others[0], maxTokens: 2, options: .greedy)
            task.cancel()
            _ = try await task.value
        case .deadline, .contextGone, .modelClosed:
            _ = try await stream.collect()
        }
    }
}
