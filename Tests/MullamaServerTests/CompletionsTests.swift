import Hummingbird
import HummingbirdTesting
import Logging
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Completions")
struct CompletionsTests {
    @Test("A prompt is continued")
    func continued() async throws {
        let fake = FakeModel()
        let state = ServerState(settings: ServerSettings(), models: ModelRegistry(models: [("fake", fake.model)]))
        let application = ServerApplication(state: state).application(.hostname("127.0.0.1", port: 0), logger: Logger(label: "test"))
        try await application.test(.live) { client in
            try await client.execute(
                uri: "/v1/completions",
                method: .post,
                body: ByteBuffer(string: #"{"prompt": "abc", "max_tokens": 6}"#)
            ) { response in
                #expect(response.status == .ok)
                #expect(String(buffer: response.body).contains("abcabc"))
            }
            try await client.execute(
                uri: "/v1/completions",
                method: .post,
                body: ByteBuffer(string: #"{"prompt": "abc", "max_tokens": 6, "stream": true}"#)
            ) { response in
                #expect(String(buffer: response.body).hasSuffix("data: [DONE]\n\n"))
            }
            try await client.execute(uri: "/v1/completions", method: .get) { response in
                #expect(response.status == .methodNotAllowed)
                #expect(response.headers[.allow] == "POST")
            }
            try await client.execute(uri: "/nothing", method: .get) { response in
                #expect(response.status == .notFound)
            }
        }
    }
}
