import ChatTemplates
import Hummingbird

/// The description of all operations in OpenAPI 3.1, made from the table of routes: what is served is what is described.
struct OpenAPIDocument {
    let routes: [Route]
    let version: String

    var json: TemplateValue {
        var paths = TemplateDictionary()
        for route in self.routes {
            let path = route.path.replacing("...}", with: "}")
            var operations: TemplateDictionary = if case .dictionary(let known)? = paths[path] { known } else { TemplateDictionary() }
            operations[route.method.rawValue.lowercased()] = self.operation(route)
            paths[path] = .dictionary(operations)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Mullama",
                "version": .string(self.version),
                "description": """
                Language models on one machine, through OpenAI's and Ollama's APIs and our own. Unknown fields are ignored; fields that would change \
                what an answer means and cannot be heeded are refused by name.
                """,
            ],
            "paths": .dictionary(paths),
            "components": [
                "schemas": .dictionary(Self.schemas),
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private func operation(_ route: Route) -> TemplateValue {
        let description = OperationDescription.all["\(route.method.rawValue) \(route.path)"]
        var operation: TemplateDictionary = ["summary": .string(route.summary)]
        operation["operationId"] = .string(Self.name(of: route))
        let names = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().prefix { $0 != "." && $0 != "}" } }
        let parameters: [TemplateValue] =
            names.map { ["name": .string(String($0)), "in": "path", "required": true, "schema": ["type": "string"]] }
            + (description?.query ?? []).map { name in
                ["name": .string(name), "in": "query", "required": false, "schema": ["type": "string"]]
            }
        if !parameters.isEmpty { operation["parameters"] = .list(parameters) }
        if let request = description?.request {
            operation["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": Self.reference(to: request)]],
            ]
        }
        var content = TemplateDictionary()
        for answer in description?.answers ?? [] { content[answer.type] = ["schema": Self.reference(to: answer.schema)] }
        let success: TemplateValue =
            content.keys.isEmpty ? ["description": "Done."] : ["description": "The answer.", "content": .dictionary(content)]
        let error = APIFlavour(path: route.path) == .ollama ? "OllamaError" : "Error"
        operation["responses"] = [
            "200": success,
            "default": [
                "description": "What went wrong, and what to do about it.",
                "content": ["application/json": ["schema": Self.reference(to: error)]],
            ],
        ]
        if route.scope != .open { operation["security"] = [["key": [.string(route.scope.rawValue)]]] }
        return .dictionary(operation)
    }

    /// `post_v1_chat_completions` for `POST /v1/chat/completions`.
    private static func name(of route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }
        return ([Substring(route.method.rawValue.lowercased())] + words).joined(separator: "_")
    }

    private static func reference(to schema: String) -> TemplateValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }

    /// All that are named, read from their texts. A text that is no JSON is left out, which a test notices.
    static var schemas: TemplateDictionary {
        var schemas = TemplateDictionary()
        for (name, text) in OpenAPISchemas.all.sorted(by: { $0.key < $1.key }) { schemas[name] = try? TemplateValue(json: text) }
        return schemas
    }
}
