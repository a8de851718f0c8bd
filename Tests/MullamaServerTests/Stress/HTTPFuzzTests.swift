import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

/// Whatever comes, it is answered with what is wrong with it, or the connection ends; and the server goes on.
@Suite("Hostile requests", .timeLimit(.minutes(5)))
struct HTTPFuzzTests {
    private let control = FakeControl(length: 8)

    private var settings: ServerSettings {
        var settings = ServerSettings()
        settings.connection.lingerSilence = .milliseconds(200)
        return settings
    }

    /// Every answer in what came has one of the client's faults as its status, if it has not worked.
    private func check(_ answers: String, _ what: @autoclosure () -> String) {
        for answer in answers.matches(of: /HTTP\/1\.[01] (\d)\d\d/) {
            guard !["1", "2", "4"].contains(answer.1) else { continue }
            Issue.record("\(answers.prefix(600))\nfor \(what())")
        }
    }

    private func finish(_ fake: FakeModel, _ running: RunningServer) async throws {
        let client = try await running.connect()
        try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
        #expect(await client.receive("abcabc").hasPrefix("HTTP/1.1 200 OK"))
        await client.close()
        try await waitWhile(!fake.model.generations.isEmpty)
        try await waitWhile(!self.control.log.live.isEmpty)
        await running.state.connections.empty()
        #expect(running.state.admission.total == 0)
        #expect(running.state.requests.live.isEmpty)
    }

    @Test("Bytes that are no HTTP, or nearly", arguments: 1...4 as ClosedRange<UInt64>)
    func bytes(seed: UInt64) async throws {
        let fake = FakeModel(self.control)
        try await TestServer(fake, settings: self.settings).serve { running in
            var source = HostileBytes(seed: seed)
            for _ in 0..<200 {
                let bytes = source.next()
                let client = try await running.connect()
                // The server may have closed before all is sent.
                try? await client.send(bytes)
                try? await client.endSending()
                self.check(await client.receiveAll(), String(decoding: bytes.prefix(600), as: UTF8.self).debugDescription)
                await client.close()
            }
            try await self.finish(fake, running)
        }
    }

    @Test("Fields of the wrong kind, and absurd values, at every operation", arguments: 1...4 as ClosedRange<UInt64>)
    func fields(seed: UInt64) async throws {
        let fake = FakeModel(self.control)
        try await TestServer(fake, settings: self.settings).serve { running in
            var source = HostileFields(ServerApplication(state: running.state).routes, seed: seed)
            for _ in 0..<400 {
                let request = source.next()
                let begin = ContinuousClock.now
                let client = try await running.connect()
                try await client.send(request)
                let answers = await client.receiveAll()
                #expect(answers.hasPrefix("HTTP/1.1 "), "no answer within \(begin.duration(to: .now)) to \(request.prefix(600))")
                self.check(answers, String(request.prefix(600)))
                await client.close()
            }
            try await self.finish(fake, running)
        }
    }
}
