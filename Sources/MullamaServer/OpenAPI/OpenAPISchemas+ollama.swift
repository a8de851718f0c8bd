extension OpenAPISchemas {
    private static let durations = #"""
        "done": {"type": "boolean"}, "done_reason": {"enum": ["stop", "length", "load", "unload"]},
        "total_duration": {"type": "integer", "description": "Nanoseconds, as the others."}, "load_duration": {"type": "integer"},
        "prompt_eval_count": {"type": "integer"}, "prompt_eval_duration": {"type": "integer"},
        "eval_count": {"type": "integer"}, "eval_duration": {"type": "integer"}
        """#

    private static let common = #"""
        "model": {"type": "string"}, "stream": {"type": "boolean", "default": true},
        "options": {"type": "object", "description": "num_predict, num_ctx, temperature, top_k, top_p, min_p, seed, stop and so on."},
        "keep_alive": {"anyOf": [{"type": "string"}, {"type": "number"}], "description": "Such as 5m; below zero for ever, 0 unloads."}
        """#

    static let ollama: [String: String] = [
        "GenerateRequest": #"""
        {"type": "object", "required": ["model"], "properties": {"prompt": {"type": "string"}, "suffix": {"type": "string"},
        "system": {"type": "string"}, "raw": {"type": "boolean"},
        """# + Self.common + "}}",
        "GenerateAnswer": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"},
        "response": {"type": "string"},
        """# + Self.durations + "}}",
        "ChatRequest": #"""
        {"type": "object", "required": ["model"], "properties": {
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}, "tools": {"type": "array", "items": {"type": "object"}},
        """# + Self.common + "}}",
        "ChatAnswer": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"},
        "message": {"$ref": "#/components/schemas/Message"},
        """# + Self.durations + "}}",
        "Tags": #"""
        {"type": "object", "properties": {"models": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"},
        "model": {"type": "string"}, "modified_at": {"type": "string", "format": "date-time"}, "size": {"type": "integer"},
        "digest": {"type": "string"}, "details": {"type": "object"}}}}}}
        """#,
        "LoadedModels": #"""
        {"type": "object", "properties": {"models": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"},
        "model": {"type": "string"}, "size": {"type": "integer"}, "size_vram": {"type": "integer"},
        "expires_at": {"type": "string", "format": "date-time"}, "context_length": {"type": "integer"}}}}}}
        """#,
        "ShowRequest":
            #"{"type": "object", "required": ["model"], "properties": {"model": {"type": "string"}, "verbose": {"type": "boolean"}}}"#,
        "ShownModel": #"""
        {"type": "object", "properties": {"details": {"type": "object"}, "model_info": {"type": "object"}, "template": {"type": "string"},
        "capabilities": {"type": "array", "items": {"type": "string"}}, "modified_at": {"type": "string", "format": "date-time"}}}
        """#,
        "Version": #"{"type": "object", "properties": {"version": {"type": "string"}}}"#,
        "EmbedRequest": #"""
        {"type": "object", "required": ["model", "input"], "properties": {"model": {"type": "string"},
        "input": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, "truncate": {"type": "boolean", "default": true},
        "dimensions": {"type": "integer"}, "keep_alive": {"anyOf": [{"type": "string"}, {"type": "number"}]}}}
        """#,
        "EmbedAnswer": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "embeddings": {"type": "array", "items": {"type": "array",
        "items": {"type": "number"}}}, "total_duration": {"type": "integer"}, "load_duration": {"type": "integer"},
        "prompt_eval_count": {"type": "integer"}}}
        """#,
        "OldEmbedRequest": #"""
        {"type": "object", "required": ["model", "prompt"], "properties": {"model": {"type": "string"}, "prompt": {"type": "string"}}}
        """#,
        "OldEmbedAnswer": #"{"type": "object", "properties": {"embedding": {"type": "array", "items": {"type": "number"}}}}"#,
        "CopyRequest": #"""
        {"type": "object", "required": ["source", "destination"], "properties": {"source": {"type": "string"}, "destination": {"type": "string"}}}
        """#,
        "DeleteRequest": #"{"type": "object", "required": ["model"], "properties": {"model": {"type": "string"}}}"#,
    ]
}
