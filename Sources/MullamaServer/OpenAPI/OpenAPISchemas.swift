/// The schemas of the API's description, as JSON, by name.
enum OpenAPISchemas {
    static var all: [String: String] {
        self.shared.merging(self.openAI) { $1 }.merging(self.ollama) { $1 }.merging(self.native) { $1 }
    }

    private static let shared: [String: String] = [
        "Text": #"{"type": "string"}"#,
        "OpenAPI": #"{"type": "object", "description": "This document."}"#,
        "Error": #"""
        {"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["message", "type"], "properties": {
        "message": {"type": "string"}, "type": {"type": "string"}, "param": {"type": ["string", "null"]}, "code": {"type": ["string", "null"]}}}}}
        """#,
        "TokenLogprob": #"""
        {"type": "object", "description": "How likely the model found a token.", "properties": {"token": {"type": "string"},
        "logprob": {"type": "number"}, "bytes": {"type": "array", "items": {"type": "integer"}},
        "top_logprobs": {"type": "array", "items": {"type": "object"}}}}
        """#,
        "OllamaError": #"{"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}"#,
    ]
}
