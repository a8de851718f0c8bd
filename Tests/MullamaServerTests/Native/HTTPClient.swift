import ChatTemplates
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore

@testable import MullamaServer

/// Requests on connections of their own: the tests' usual client has one, on which requests wait for one another.
enum HTTPClient {
    static func post(_ port: Int, _ path: String, _ json: String, headers: HTTPFields = [:]) async throws -> TestClient.Response {
        try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
            try await client.post(path, headers: headers, body: ByteBuffer(string: json))
        }
    }
}

extension TestClient.Response {
    var text: String { self.body.map { String(buffer: $0) } ?? "" }
}

extension TestResponse {
    var json: TemplateDictionary {
        get throws {
            guard case .dictionary(let fields) = try TemplateValue(json: Array(self.body.readableBytesView)) else { return [:] }
            return fields
        }
    }
}

extension TemplateValue {
    /// A field of an object, or null.
    subscript(_ name: String) -> TemplateValue {
        if case .dictionary(let fields) = self { fields[name] ?? .none } else { .none }
    }

    var items: [TemplateValue] {
        if case .list(let items) = self { items } else { [] }
    }
}
