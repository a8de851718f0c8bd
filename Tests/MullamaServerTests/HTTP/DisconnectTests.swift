import Mullama
import MullamaTestSupport
import NIOCore
import Testing

@testable import MullamaServer

/// Whatever a request waits for when its client leaves, nothing of it is left.
@Suite("A client that leaves", .timeLimit(.minutes(1)))
struct DisconnectTests {
    enum Way: CaseIterable {
        /// It closes its socket.
        case closes
        /// It says that it sends no more. A client that has left says the same.
        case endsSending
        /// It closes behind requests that it has sent ahead, which stand between the server and the news.
        case closesBehindMore
    }

    static let cases = Way.allCases.flatMap { way in [(way, true), (way, false)] }

    private func leave(_ client: RawConnection, _ way: Way) async throws {
        switch way {
        case .closes: await client.close()
        case .endsSending: try await client.endSending()
        case .closesBehindMore:
            for _ in 0..<200 { try await client.post("/v1/completions", #"{"prompt": "more"}"#) }
            await client.close()
        }
    }

    private func request(_ isStreamed: Bool, prompt: String = "abc") -> String {
        #"{"prompt": "\#(prompt)", "max_tokens": 400, "stream": \#(isStreamed)}"#
    }

    /// Has a client leave, and waits until its place is free.
    private func check(_ client: RawConnection, _ way: Way, _ running: RunningServer, leaving rest: Int = 0) async throws {
        try await self.leave(client, way)
        try await waitWhile(running.state.admission.total > rest)
    }

    /// Lets the engine go on, and waits until nothing is left in it.
    private func finish(_ control: FakeControl, _ fake: FakeModel, _ running: RunningServer) async throws {
        control.releaseText()
        control.release()
        try await waitWhile(!fake.model.generations.isEmpty)
        try await waitWhile(!control.log.live.isEmpty)
        await running.state.connections.empty()
    }

    @Test("while its model is loaded", arguments: Self.cases)
    func loading(way: Way, isStreamed: Bool) async throws {
        try await TestServer(isLoadHeld: true).serve { running in
            let client = try await running.connect()
            try await client.post("/v1/completions", self.request(isStreamed))
            try await waitWhile(running.state.models.loaded.isEmpty)
            try await self.check(client, way, running)
            try await waitWhile(!running.state.models.loaded.isEmpty)
            await running.state.connections.empty()
        }
    }

    @Test("while its prompt becomes tokens", arguments: Self.cases)
    func tokenizing(way: Way, isStreamed: Bool) async throws {
        let control = FakeControl(isTextHeld: true)
        let fake = FakeModel(control)
        try await TestServer(fake).serve { running in
            let client = try await running.connect()
            try await client.post("/v1/completions", self.request(isStreamed))
            await control.texts(1)
            try await self.check(client, way, running)
            try await self.finish(control, fake, running)
            #expect(control.log.plans.isEmpty)
        }
    }

    @Test("while it waits for a slot", arguments: Self.cases)
    func queued(way: Way, isStreamed: Bool) async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control, parallel: 1)
        try await TestServer(fake).serve { running in
            let other = try await running.connect()
            try await other.post("/v1/completions", self.request(false, prompt: "other"))
            await control.steps(1)
            let client = try await running.connect()
            try await client.post("/v1/completions", self.request(isStreamed))
            try await waitWhile(fake.model.generations.count < 2)
            try await self.check(client, way, running, leaving: 1)
            control.release()
            #expect(await other.receive("\"timings\"").hasPrefix("HTTP/1.1 200 OK"))
            await other.close()
            try await self.finish(control, fake, running)
        }
    }

    @Test("while its prompt is computed", arguments: Self.cases)
    func prefill(way: Way, isStreamed: Bool) async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        try await TestServer(fake).serve { running in
            let client = try await running.connect()
            try await client.post("/v1/completions", self.request(isStreamed, prompt: String(repeating: "abc ", count: 20)))
            await control.steps(1)
            try await self.check(client, way, running)
            try await self.finish(control, fake, running)
        }
    }

    @Test("while it is answered", arguments: Self.cases)
    func decode(way: Way, isStreamed: Bool) async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        try await TestServer(fake).serve { running in
            let client = try await running.connect()
            try await client.post("/v1/completions", self.request(isStreamed))
            await control.steps(1)
            while fake.model.generations.first?.completionTokens ?? 0 < 3, !Task.isCancelled { await control.advance() }
            if isStreamed { await client.receive("data: ") }
            try await self.check(client, way, running)
            try await self.finish(control, fake, running)
        }
    }

    @Test("while its texts become vectors", arguments: Way.allCases)
    func embedding(way: Way) async throws {
        // A part takes as long as the engine may be at embeddings before it looks up.
        let clock = ManualClock()
        let embeddings = FakeEmbeddings(cut: .blocks(atMost: 16), isHeld: true, pace: (clock, .milliseconds(10)))
        let fake = FakeModel(embeddings: embeddings, clock: clock)
        try await TestServer(fake).serve { running in
            let client = try await running.connect()
            let text = String(repeating: "abcd", count: 32)
            try await client.post("/v1/embeddings", #"{"input": ["\#(text)", "\#(text)"]}"#)
            await embeddings.parts(1)
            try await self.check(client, way, running)
            embeddings.release()
            await running.state.connections.empty()
            // Of all its parts only the one was computed that the engine was in.
            _ = try await fake.model.embed(["e"])
            #expect(embeddings.log.parts.count == 2)
        }
    }

    @Test("while it takes nothing of its stream", arguments: Way.allCases)
    func blocked(way: Way) async throws {
        let control = FakeControl(repetitions: 64 << 10)
        let fake = FakeModel(control, contextSize: 1 << 20)
        try await TestServer(fake).serve { running in
            let client = try await running.connect(reads: false)
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 1000000, "stream": true}"#)
            try await waitWhile(fake.model.generations.first?.isPaused != true)
            try await self.check(client, way, running)
            try await self.finish(control, fake, running)
        }
    }

    @Test("within 150 ms", arguments: [true, false])
    func latency(isStreamed: Bool) async throws {
        let control = FakeControl(isHeld: true)
        let fake = FakeModel(control)
        try await TestServer(fake).serve { running in
            var times: [Duration] = []
            for _ in 0..<5 {
                let client = try await running.connect()
                try await client.post("/v1/completions", self.request(isStreamed))
                try await waitWhile(running.state.admission.total == 0)
                if isStreamed { await client.receive("\r\n\r\n") }
                let begin = ContinuousClock.now
                await client.close()
                try await waitWhile(running.state.admission.total > 0)
                times.append(begin.duration(to: .now))
            }
            // The fastest: other tests run beside.
            let fastest = try #require(times.min())
            #expect(fastest < .milliseconds(150))
            try await self.finish(control, fake, running)
        }
    }

    @Test("while its body is on its way", arguments: [Way.closes, .endsSending])
    func body(way: Way) async throws {
        try await TestServer().serve { running in
            let client = try await running.connect()
            try await client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            try await waitWhile(running.state.connections.count == 0)
            try await self.leave(client, way)
            await running.state.connections.empty()
        }
    }

    @Test("A client that sends no more but has asked for what takes no time gets its answer")
    func halfClosed() async throws {
        try await TestServer().serve { running in
            let client = try await running.connect()
            try await client.get("/nothing")
            try await client.endSending()
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 404"))
        }
    }
}
