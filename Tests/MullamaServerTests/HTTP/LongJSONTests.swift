import ChatTemplates
import Foundation
import HTTPTypes
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Long JSON")
struct LongJSONTests {
    @Test("Short work is done where the caller is, long work on a thread of its own")
    func threads() async throws {
        // Of a thread that lives, as the caller's does, nobody else has the address.
        let thread = { @Sendable in ObjectIdentifier(Thread.current) }
        let here = thread()
        #expect(try await LongJSON.perform(bytes: LongJSON.limit - 1, thread) == here)
        #expect(try await LongJSON.perform(bytes: LongJSON.limit, thread) != here)
    }

    @Test("A long request is read and refused as a short one is, and a long answer is whole")
    func requests() async throws {
        let count = LongJSON.limit / 2
        try await TestServer(FakeModel(contextSize: 1 << 20)).run { client in
            let text = String(repeating: "a", count: 2 * count)
            let tokens = try await client.post("/tokenize", #"{"content": "\#(text)"}"#).value["tokens"]
            #expect(tokens.count == 2 * count)
            let back = try await client.post("/detokenize", #"{"tokens": \#(tokens.json)}"#).value["content"]
            #expect(back.text == text)
            let wrong = try await client.post("/tokenize", #"{"content": "\#(text)" "more"}"#)
            #expect(wrong.status == .badRequest)
            #expect(try wrong.value["error", "code"] == "invalid_json")
        }
    }
}
