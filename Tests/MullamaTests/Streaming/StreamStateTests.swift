import InferenceCore
import Testing

@testable import Mullama

@Suite("The buffer between engine and consumer")
struct StreamStateTests {
    private func chunk(_ text: String) -> GenerationChunk { GenerationChunk(text: text, tokens: []) }

    private var end: StreamState<String>.End {
        .finished(GenerationSummary(finishReason: .stop, usage: Usage(), timings: Timings()))
    }

    @Test("A waiting consumer is handed the chunk, past the buffer")
    func handOver() {
        var state = StreamState<String>()
        guard case .suspend = state.next() else {
            Issue.record("an empty stream must suspend")
            return
        }
        state.wait("consumer")
        let (waiter, pause) = state.push(self.chunk("a"))
        #expect(waiter == "consumer")
        #expect(!pause)
        guard case .suspend = state.next() else {
            Issue.record("the chunk was delivered twice")
            return
        }
    }

    @Test("The producer pauses at the upper mark, once, and goes on at the lower one")
    func watermarks() {
        var state = StreamState<String>()
        let pauses = (1...40).filter { state.push(self.chunk("\($0)")).pauseProducer }
        #expect(pauses == [StreamState<String>.highWatermark])

        var resumedAt: [Int] = []
        for left in (0..<40).reversed() {
            guard case .deliver(_, let resume) = state.next() else {
                Issue.record("a chunk is missing with \(left) left")
                return
            }
            if resume { resumedAt.append(left) }
        }
        #expect(resumedAt == [StreamState<String>.lowWatermark])
        #expect(!state.isProducerPaused)
    }

    @Test("A consumer that wants the whole answer never makes the producer pause, and lets a paused one go on")
    func unbounded() {
        var state = StreamState<String>()
        for _ in 0..<40 { _ = state.push(self.chunk("x")) }
        #expect(state.isProducerPaused)
        let resumes = [state.removeBound(), state.removeBound()]
        #expect(resumes == [true, false])
        let pauses = (0..<100).contains { _ in state.push(self.chunk("x")).pauseProducer }
        #expect(!pauses)
    }

    @Test("What is buffered can be read after the end, unless the consumer has left")
    func endKeepsBuffer() {
        var state = StreamState<String>()
        _ = state.push(self.chunk("a"))
        #expect(state.finish(self.end).isFirst)
        guard case .deliver(let chunk, _) = state.next() else {
            Issue.record("the end swallowed a chunk")
            return
        }
        #expect(chunk.text == "a")
        guard case .end(.finished) = state.next() else {
            Issue.record("no end after the last chunk")
            return
        }

        var dropped = StreamState<String>()
        _ = dropped.push(self.chunk("a"))
        _ = dropped.finish(.failed(CancellationError()), discarding: true)
        guard case .end(.failed) = dropped.next() else {
            Issue.record("a cancelled stream went on delivering")
            return
        }
    }

    @Test("Only the first end counts, and nothing is pushed after it")
    func firstEndWins() {
        var state = StreamState<String>()
        state.wait("consumer")
        let first = state.finish(.failed(CancellationError()))
        #expect(first.waiter == "consumer")
        #expect(first.isFirst)
        #expect(!state.finish(self.end).isFirst)
        #expect(state.push(self.chunk("late")).waiter == nil)
        guard case .end(.failed) = state.next() else {
            Issue.record("the second end replaced the first")
            return
        }
    }

    @Test("A second waiting task is refused")
    func oneConsumer() {
        var state = StreamState<String>()
        state.wait("one")
        guard case .refuse = state.next() else {
            Issue.record("two tasks wait on one stream")
            return
        }
    }
}
