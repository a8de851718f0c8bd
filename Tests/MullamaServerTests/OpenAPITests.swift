import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import MullamaServer

@Suite("The API's description")
struct OpenAPITests {
    private func routes() throws -> [Route] { ServerApplication(state: try TestServer().state).routes }

    @Test("Every operation is described, and nothing else is")
    func complete() throws {
        let served = Set(try self.routes().map { "\($0.method.rawValue) \($0.path)" })
        #expect(served == Set(OperationDescription.all.keys))
    }

    @Test("Every schema that is named is there and is JSON, and every one there is named")
    func schemas() throws {
        let known = OpenAPIDocument.schemas
        #expect(Set(known.keys) == Set(OpenAPISchemas.all.keys))
        let document = OpenAPIDocument(routes: try self.routes(), version: "1").json.json
        let named = Set(document.matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.1) })
        #expect(named == Set(known.keys))
    }

    @Test("It is served")
    func served() async throws {
        try await TestServer().run { client in
            let answer = try await client.get("/openapi.json")
            let document = try TemplateValue(json: answer.text)
            guard case .dictionary(let fields) = document, case .dictionary(let paths)? = fields["paths"] else {
                Issue.record("no paths in \(answer.text.prefix(200))")
                return
            }
            #expect(paths["/v1/models/{id}"] != nil)
            #expect(paths["/openapi.json"] != nil)
        }
    }
}
