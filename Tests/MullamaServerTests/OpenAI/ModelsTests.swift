import ChatTemplates
import Hummingbird
import HummingbirdTesting
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Models", .timeLimit(.minutes(1)))
struct ModelsTests {
    @Test("All that can be named are listed, with what is known of those in memory")
    func list() async throws {
        try await TestServer().run { client in
            let before = try await client.get("/v1/models")
            #expect(before.status == .ok)
            let list = try before.value
            #expect(list["object"] == "list" && list["data"].count == 1)
            let model = list["data", 0]
            #expect(model["id"] == "fake" && model["object"] == "model" && model["owned_by"] == "mullama")
            #expect(
                model["is_default"] == true && model["state"] == "not_loaded" && model["meta", "size"] == .integer(SmallGGUF.bytes.count)
            )
            guard case .integer(let created) = model["created"] else {
                Issue.record("\(model)")
                return
            }
            #expect(created > 1_700_000_000)
            #expect(model["context_length"] == .none && model["reproducibility"] == .none)

            _ = try await client.post("/v1/completions", #"{"prompt": "a"}"#)
            let after = try await client.get("/v1/models").value["data", 0]
            #expect(after["state"] == "loaded" && after["context_length"] == 512)
            #expect(after["reproducibility", "state"] == "unchecked" && after["reproducibility", "reason"].text != nil)
        }
    }

    @Test("One by its name, however that is written; none by another")
    func one() async throws {
        try await TestServer(name: "my model").run { client in
            for name in ["my%20model", "my%20model.gguf", "MY%20MODEL:latest"] {
                let model = try await client.get("/v1/models/\(name)")
                #expect(model.status == .ok, "\(name)")
                #expect(try model.value["id"] == "my model")
            }
            for name in ["other", "a/b", "a%2Fb", "%FF", "a/b/c/d"] {
                let nothing = try await client.get("/v1/models/\(name)")
                #expect(nothing.status == .notFound, "\(name)")
                let error = try nothing.value["error"]
                #expect(error["code"] == "model_not_found" && error["param"] == "model", "\(name)")
                #expect(error["message"].text?.contains("my model") == true, "\(name)")
            }
        }
    }
}
