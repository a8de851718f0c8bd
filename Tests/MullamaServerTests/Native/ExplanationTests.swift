import Foundation
import HTTPTypes
import InferenceCore
import Testing

@testable import Mullama
@testable import MullamaServer

@Suite("Explanations")
struct ExplanationTests {
    private static let began = ContinuousClock.now

    private func request(_ change: (inout LoggedRequest) -> Void = { _ in }) -> LoggedRequest {
        var request = LoggedRequest(
            id: "req-1",
            route: "/v1/chat/completions",
            keyName: nil,
            priority: .normal,
            received: .now,
            began: Self.began
        )
        request.model = .init(name: "smollm2:135m", load: LoadID())
        request.loadTime = .zero
        change(&request)
        return request
    }

    private func text(_ request: LoggedRequest, _ live: [GenerationStatus] = [], age: Duration) -> String {
        Explanation(RequestStatus(request: request, answers: live, age: age)) { _, generation in "req-of-\(generation)" }.text
    }

    @Test("A request that has ended")
    func finished() {
        let request = self.request { request in
            var delays = GenerationDelays()
            delays.queuedBehind = [1, 2, 2, 3]
            delays.queuedBehindCount = 4
            delays.prefillChunks = 7
            delays.longestGap = .milliseconds(210)
            delays.pausedTime = .milliseconds(1_200)
            delays.suspendedTime = .milliseconds(800)
            let record = GenerationRecord(
                id: 4,
                finishReason: .stop,
                usage: Usage(promptTokens: 1204, cachedTokens: 512, completionTokens: 181),
                cacheMiss: .differs(at: 518),
                timings: Timings(queued: .milliseconds(6200), prefill: .milliseconds(1900), decode: .milliseconds(3300)),
                delays: delays
            )
            request.answers = [.init(generation: 4, record: record)]
            request.duration = .milliseconds(11_420)
        }
        #expect(
            self.text(request, age: .milliseconds(11_420)) == """
                req-1 · /v1/chat/completions · smollm2:135m · normal
                Took 11.4 s, ended by stop.

                  load         0.0 ms  the model was in memory
                  queue         6.2 s  behind 4 others: req-of-1, req-of-2, req-of-3
                  prefill       1.9 s  1204 tokens: 512 found in the cache, 692 computed at 364/s, in 7 parts between those of others
                  decode        3.3 s  181 tokens at 55/s, the longest gap 210 ms

                Most of the time, 54 %, went into waiting for a slot.
                Not more was found in the cache: what is there differs at token 518.
                It paused for 1.2 s, since the client was behind with reading.
                Another request had its slot for 800 ms.

                """
        )
    }

    @Test("A request with several answers, of which one was cancelled")
    func several() {
        let request = self.request { request in
            let first = GenerationRecord(
                id: 1,
                finishReason: .length,
                usage: Usage(promptTokens: 20, completionTokens: 1),
                timings: Timings(queued: .microseconds(300), prefill: .milliseconds(80))
            )
            var delays = GenerationDelays()
            delays.queuedBehind = Array(1...32)
            delays.queuedBehindCount = 40
            let second = GenerationRecord(
                id: 2,
                finishReason: .cancelled,
                usage: Usage(promptTokens: 20),
                timings: Timings(queued: .milliseconds(2)),
                cancelLatency: .milliseconds(40),
                delays: delays
            )
            request.answers = [.init(generation: 1, record: first), .init(generation: 2, record: second)]
            request.loadTime = .milliseconds(1500)
            request.duration = .seconds(100)
        }
        #expect(
            self.text(request, age: .seconds(100)) == """
                req-1 · /v1/chat/completions · smollm2:135m · normal
                Took 1 min 40 s, ended by cancelled, length.

                  load          1.5 s  the model had to be loaded first

                Answer 1 of 2
                  queue        0.3 ms  it began at once
                  prefill       80 ms  20 tokens: 0 found in the cache, 20 computed at 250/s
                  decode       0.0 ms  1 token

                Most of the time, 95 %, went into loading the model.

                Answer 2 of 2
                  queue        2.0 ms  behind 40 others: req-of-1, req-of-2, req-of-3, req-of-4, req-of-5, …

                Most of the time, 100 %, went into loading the model.
                After its end was asked for, its slot was free in 40 ms.

                """
        )
    }

    @Test("A request for embeddings, on its way and after its end")
    func embeddings() {
        var request = self.request { request in
            request.loadTime = .milliseconds(40)
            request.embedding = EmbeddingWork(texts: 3)
        }
        #expect(
            self.text(request, age: .seconds(1)) == """
                req-1 · /v1/chat/completions · smollm2:135m · normal
                On its way for 1.0 s: embedding.

                  load          40 ms  the model had to be loaded first
                  3 texts on the way to vectors

                """
        )
        request.embedding?.tokens = 200
        request.embedding?.duration = .milliseconds(500)
        request.duration = .seconds(1)
        #expect(
            self.text(request, age: .seconds(1)) == """
                req-1 · /v1/chat/completions · smollm2:135m · normal
                Took 1.0 s.

                  load          40 ms  the model had to be loaded first
                  embed        500 ms  3 texts, 200 tokens at 400/s

                """
        )
    }

    @Test("A request that waits for its model, and one that never got to it")
    func withoutModel() {
        let waiting = self.request { request in
            request.model = nil
            request.loadTime = nil
        }
        #expect(
            self.text(waiting, age: .seconds(3)) == """
                req-1 · /v1/chat/completions · normal
                On its way for 3.0 s: loading.

                  load          3.0 s  its model is being loaded, or waits for memory that others have

                """
        )
        var left = waiting
        left.duration = .seconds(4)
        left.isLeft = true
        #expect(self.text(left, age: .seconds(4)).contains("The client left after 4.0 s."))
        var refused = waiting
        refused.duration = .milliseconds(2)
        refused.error = APIError(.notFound, .notFound, "there is no model 'x' here")
        #expect(
            self.text(refused, age: .milliseconds(2)) == """
                req-1 · /v1/chat/completions · normal
                Failed after 2.0 ms with status 404: there is no model 'x' here

                It never got to its model.

                """
        )
    }

    @Test(
        "A request on its way, in every phase",
        arguments: [
            (GenerationPhase.tokenizing, "  its prompt is being turned into tokens"),
            (.queued, "  2 before it in the queue, about 4.0 s until it begins\n  it came behind 1 other: req-of-3"),
            (.suspended, "  it gave its slot to another request, and waits to go on"),
            (.prefill, "  128 of 300 tokens of its prompt are computed"),
            (.decode, "  17 tokens generated behind a prompt of 300; it pauses until the client has read what is there"),
        ]
    )
    func live(phase: GenerationPhase, line: String) {
        let request = self.request { $0.answers = [.init(generation: 4, record: nil)] }
        var delays = GenerationDelays()
        if phase == .queued {
            delays.queuedBehind = [3]
            delays.queuedBehindCount = 1
        }
        let status = GenerationStatus(
            id: 4,
            phase: phase,
            priority: .normal,
            age: .seconds(1),
            queuePosition: phase == .queued ? 2 : nil,
            estimatedWait: phase == .queued ? .seconds(4) : nil,
            isPaused: phase == .decode,
            promptTokens: 300,
            prefilledTokens: 128,
            completionTokens: 17,
            delays: delays
        )
        let text = self.text(request, [status], age: .seconds(1))
        #expect(text.split(separator: "\n")[1] == "On its way for 1.0 s: \(phase.rawValue).")
        #expect(text.hasSuffix("\n\(line)\n"))
    }

    @Test(
        "Times",
        arguments: [
            (Duration.zero, "0.0 ms"), (.microseconds(840), "0.8 ms"), (.milliseconds(9.96), "10 ms"), (.milliseconds(999.6), "1.0 s"),
            (.seconds(99.9), "99.9 s"), (.seconds(100), "1 min 40 s"), (.seconds(7_320), "2 h 2 min"),
        ]
    )
    func times(time: Duration, text: String) {
        #expect(TimeText.of(time) == text)
    }
}
