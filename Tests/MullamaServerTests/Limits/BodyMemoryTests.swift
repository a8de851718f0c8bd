import Foundation
import HTTPTypes
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("The memory of bodies", .timeLimit(.minutes(1)))
struct BodyMemoryTests {
    @Test("What a share has taken is given back once, by its end or with it")
    func shares() throws {
        let memory = BodyMemory(limit: 10)
        let first = memory.share()
        var second: BodyMemory.Share? = memory.share()
        try first.take(6)
        try second?.take(3)
        #expect(memory.bytes == 9)
        let error = #expect(throws: APIError.self) { try second?.take(2) }
        #expect(error?.status == .serviceUnavailable)
        #expect(error?.headers[.retryAfter] == "1")
        #expect(error?.headers[.connection] == "close")
        #expect(error.flatMap { RefusalReason($0) } == .bodyMemory)
        #expect(memory.bytes == 9)
        second = nil
        #expect(memory.bytes == 6)
        first.end()
        first.end()
        #expect(memory.bytes == 0)
    }

    @Test("Bodies of requests on their way are counted together, whatever they ask for")
    func together() async throws {
        let control = FakeControl(isHeld: true)
        var settings = ServerSettings()
        settings.bodyLimit = 1000
        settings.bodyMemory = 1000
        let server = try TestServer(FakeModel(control, contextSize: 4096), settings: settings)
        try await server.serve { running in
            let text = String(repeating: "a", count: 600)
            let first = try await running.connect()
            try await first.post("/v1/completions", #"{"prompt": "\#(text)", "max_tokens": 2}"#)
            await control.steps(1)
            #expect(running.state.bodies.bytes > 600)
            for (path, field) in [("/v1/completions", "prompt"), ("/tokenize", "content"), ("/api/generate", "prompt")] {
                let client = try await running.connect()
                try await client.post(path, #"{"\#(field)": "\#(text)"}"#)
                let answer = await client.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 503"), "\(path)")
                #expect(answer.contains("Retry-After: 1"))
                #expect(answer.contains("no more than 1000 may be taken"))
            }
            // What is small is taken.
            let small = try await running.connect()
            try await small.post("/tokenize", #"{"content": "ab"}"#)
            #expect(await small.receive("tokens").hasPrefix("HTTP/1.1 200 OK"))
            control.release()
            #expect(await first.receive("}}").hasPrefix("HTTP/1.1 200 OK"))
            try await waitWhile(running.state.bodies.bytes > 0)
            let next = try await running.connect()
            try await next.post("/v1/completions", #"{"prompt": "\#(text)", "max_tokens": 2}"#)
            #expect(await next.receive("}}").hasPrefix("HTTP/1.1 200 OK"))
        }
    }
}
