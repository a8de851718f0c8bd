import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Nothing leaks", .timeLimit(.minutes(5)))
struct LeakTests {
    /// What a client does.
    private enum Kind: Int {
        case whole, streamed, refused, notFound, left, leftWhole

        private static let kinds = 6

        init(_ number: Int) {
            self = Kind(rawValue: number % Self.kinds) ?? .whole
        }
    }

    private static func run(_ kind: Kind, on client: RawConnection) async throws {
        switch kind {
        case .whole:
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#, headers: ["Connection: close"])
            #expect(await client.receiveAll().contains(/HTTP\/1.1 (200|429)/))
        case .streamed:
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6, "stream": true}"#, headers: ["Connection: close"])
            #expect(await client.receiveAll().contains(/HTTP\/1.1 (200|429)/))
        case .refused:
            try await client.post("/v1/completions", #"{"prompt": "abc", "temperature": -1}"#, headers: ["Connection: close"])
            #expect(await client.receiveAll().contains("HTTP/1.1 400"))
        case .notFound:
            try await client.get("/nothing", headers: ["Connection: close"])
            #expect(await client.receiveAll().contains("HTTP/1.1 404"))
        case .left:
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 400, "stream": true}"#)
            // Of an answer, or of a refusal.
            await client.receive("\r\n\r\n")
        case .leftWhole:
            try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 400}"#)
        }
        await client.close()
    }

    @Test("5,000 requests that end, are refused or left leave nothing: no sequence, no socket, no entry without a bound")
    func requests() async throws {
        let control = FakeControl()
        let fake = FakeModel(control, parallel: 8)
        var settings = ServerSettings()
        settings.queueLimit = 6
        try await TestServer(fake, settings: settings).serve { running in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        for number in stride(from: worker, to: 5_000, by: 16) {
                            try await Self.run(Kind(number / 16 + worker), on: running.connect())
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await waitWhile(!fake.model.generations.isEmpty)
            try await waitWhile(!control.log.live.isEmpty)
            // One whose client was gone before it was accepted may come late.
            while running.state.connections.count > 0 { await running.state.connections.empty() }
            // A handler may be on its way out when its channel is closed.
            try await waitWhile(running.state.admission.total > 0 || !running.state.requests.live.isEmpty)
            #expect(running.state.requests.finished.count <= 1000)
            // The model is let go of: nobody holds a lease.
            await running.state.models.close(grace: .zero)
        }
    }
}
