import HTTPTypes
import HummingbirdTesting
import Testing

@testable import MullamaServer

@Suite("Completions")
struct CompletionsTests {
    @Test("A prompt is continued")
    func continued() async throws {
        try await TestServer().run { client in
            let whole = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6}"#)
            #expect(whole.status == .ok)
            #expect(whole.text.contains("abcabc"))

            let streamed = try await client.post("/v1/completions", #"{"prompt": "abc", "max_tokens": 6, "stream": true}"#)
            #expect(streamed.text.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("What a path does not know is answered in JSON")
    func unknown() async throws {
        try await TestServer().run { client in
            let wrongMethod = try await client.get("/v1/completions")
            #expect(wrongMethod.status == .methodNotAllowed)
            #expect(wrongMethod.headers[.allow] == "POST")
            let nothing = try await client.get("/nothing")
            #expect(nothing.status == .notFound)
            #expect(nothing.text.contains("/openapi.json"))
        }
    }
}
