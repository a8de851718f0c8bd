extension OpenAPISchemas {
    static let native: [String: String] = [
        "Health": #"{"type": "object", "properties": {"status": {"const": "ok"}}}"#,
        "Readiness": #"{"type": "object", "properties": {"status": {"type": "string"}, "reason": {"type": "string"}}}"#,
        "Request": #"""
        {"type": "object", "properties": {"id": {"type": "string"}, "model": {"type": "string"}, "route": {"type": "string"},
        "phase": {"type": "string"}}}
        """#,
        "Requests": #"""
        {"type": "object", "properties": {"live": {"type": "array", "items": {"$ref": "#/components/schemas/Request"}},
        "finished": {"type": "array", "items": {"$ref": "#/components/schemas/Request"}}}}
        """#,
        "Explanation": #"{"type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}"#,
        "TokenizeRequest": #"""
        {"type": "object", "required": ["content"], "properties": {"model": {"type": "string"}, "content": {"type": "string"},
        "add_special": {"type": "boolean"}, "parse_special": {"type": "boolean"}, "with_pieces": {"type": "boolean"}}}
        """#,
        "Tokens": #"{"type": "object", "properties": {"tokens": {"type": "array"}}}"#,
        "DetokenizeRequest": #"""
        {"type": "object", "required": ["tokens"], "properties": {"model": {"type": "string"}, "tokens": {"type": "array", "items": {
        "type": "integer"}}}}
        """#,
        "Detokenized": #"{"type": "object", "properties": {"content": {"type": "string"}}}"#,
        "ApplyTemplateRequest": #"""
        {"type": "object", "required": ["messages"], "properties": {"model": {"type": "string"},
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}}}
        """#,
        "RenderedPrompt": #"{"type": "object", "properties": {"prompt": {"type": "string"}}}"#,
    ]
}
