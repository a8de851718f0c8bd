import Foundation
import HTTPTypes
import HummingbirdTesting
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Saying no", .timeLimit(.minutes(2)))
struct AdmissionTests {
    @Test("With 1,000 requests in the queue the next is refused at once, and nothing of it is kept")
    func fullQueue() async throws {
        let control = FakeControl(isHeld: true)
        var settings = ServerSettings()
        settings.queueLimit = 992
        settings.connection.connections = 2000
        let fake = FakeModel(control, parallel: 8)
        try await TestServer(fake, settings: settings).serve { running in
            var clients: [RawConnection] = []
            for _ in 0..<100 {
                let client = try await running.connect()
                try await client.post("/v1/completions", #"{"prompt": ["a","b","c","d","e","f","g","h","i","j"], "max_tokens": 4}"#)
                clients.append(client)
            }
            try await waitWhile(fake.model.generations.count < 1000)
            let client = try await running.connect()
            var times: [Duration] = []
            for count in 1...50 {
                let begin = ContinuousClock.now
                try await client.post("/v1/completions", #"{"prompt": "abc"}"#)
                let answer = await client.receive("queue_full", count: count)
                times.append(ContinuousClock.now - begin)
                guard count == 1 else { continue }
                #expect(answer.hasPrefix("HTTP/1.1 429 Too Many Requests"))
                #expect(answer.contains("Retry-After: 1\r\n"))
                #expect(answer.contains("fake has 8 answers running and 992 waiting, and no more than 992 may wait"))
            }
            // The fastest, for this machine does other things beside.
            let fastest = try #require(times.min())
            #expect(fastest < .milliseconds(5))
            #expect(running.state.admission.total == 1000)
            #expect(fake.model.generations.count == 1000)
            control.release()
            for client in clients { #expect(await client.receive("\"timings\"").hasPrefix("HTTP/1.1 200 OK")) }
            // The places are free when the answers have ended.
            try await waitWhile(running.state.admission.total > 0)
        }
    }

    @Test("Who has waited too long is told to come again")
    func waitedTooLong() async throws {
        let error = APIError(MullamaError(.overloaded, "the request has waited for 30 s", retryAfter: .milliseconds(2300)))
        #expect(error.status == .serviceUnavailable)
        #expect(error.headers[.retryAfter] == "3")
    }

    @Test("What is short of memory now may have some later, and what never fits is not tried again")
    func memory() throws {
        let passing = APIError(MullamaError(.outOfMemory, "no memory for 3 tokens"))
        #expect(passing.status == .serviceUnavailable)
        #expect(passing.headers[.retryAfter] == "5")
        #expect(passing.headers[.shouldRetry] == nil)
        let model = ModelReference(name: "m", url: URL(filePath: "/m"))
        let error = try #require(RegistryState.Refusal.tooLarge(need: 20, budget: 10).error(model, nil) as? MullamaError)
        let never = APIError(error)
        #expect(never.status == .serviceUnavailable)
        #expect(never.headers[.retryAfter] == nil)
        #expect(never.headers[.shouldRetry] == "false")
    }

    @Test("A place is free again when the answer has ended, failed, or was refused by the engine")
    func places() async throws {
        var settings = ServerSettings()
        settings.queueLimit = 0
        try await TestServer(settings: settings, params: ModelParams(parallel: 1)).run { client async throws in
            for _ in 0..<3 {
                #expect(try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#).status == .ok)
                #expect(
                    try await client.post("/v1/completions", #"{"prompt": "\#(String(repeating: "a", count: 600))"}"#).status == .badRequest
                )
                #expect(try await client.post("/v1/completions", #"{"prompt": "abc", "stream": true}"#).status == .ok)
                #expect(try await client.post("/v1/completions", #"{"prompt": "abc", "model": "nothing"}"#).status == .notFound)
                #expect(try await client.post("/v1/completions", #"{"prompt": ["abc", "def"]}"#).status == .badRequest)
            }
        }
    }
}
