extension OpenAPISchemas {
    private static let durations = #"""
        "done": {"type": "boolean"}, "done_reason": {"enum": ["stop", "length", "load", "unload"]},
        "total_duration": {"type": "integer", "description": "Nanoseconds, as the others."}, "load_duration": {"type": "integer"},
        "prompt_eval_count": {"type": "integer"}, "prompt_eval_duration": {"type": "integer"},
        "eval_count": {"type": "integer"}, "eval_duration": {"type": "integer"},
        "logprobs": {"type": "array", "items": {"$ref": "#/components/schemas/TokenLogprob"}}
        """#

    private static let keepAlive = #"""
        "keep_alive": {"anyOf": [{"type": "string"}, {"type": "number"}], "description": "Such as 5m; below zero for ever, 0 unloads."}
        """#

    private static let options = #"""
        "options": {"type": "object", "properties": {
        "num_ctx": {"type": "integer", "minimum": 1, "description": "No more than the model was trained for."},
        "num_predict": {"type": "integer", "minimum": -2}, "temperature": {"type": "number", "minimum": 0, "maximum": 5},
        "top_k": {"type": "integer"}, "top_p": {"type": "number"}, "min_p": {"type": "number"}, "typical_p": {"type": "number"},
        "repeat_penalty": {"type": "number"}, "repetition_penalty": {"type": "number"}, "repeat_last_n": {"type": "integer"},
        "frequency_penalty": {"type": "number"}, "presence_penalty": {"type": "number"}, "seed": {"type": "integer"},
        "stop": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}}
        """#

    private static let common =
        #"""
        "model": {"type": "string", "description": "The server's default model if it is left out."},
        "stream": {"type": "boolean", "default": true}, "think": {"const": false},
        "shift": {"type": "boolean", "default": false, "description": "Whether the oldest tokens make room where the context ends."},
        "logprobs": {"type": "boolean"}, "top_logprobs": {"type": "integer", "minimum": 0, "maximum": 20},
        """# + Self.options + ", " + Self.keepAlive

    static let ollama: [String: String] = [
        "GenerateRequest": #"""
        {"type": "object", "properties": {"prompt": {"type": "string"}, "suffix": {"type": "string"},
        "system": {"type": "string"}, "raw": {"type": "boolean"},
        """# + Self.common + "}}",
        "GenerateAnswer": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"},
        "response": {"type": "string"},
        """# + Self.durations + "}}",
        "ChatRequest": #"""
        {"type": "object", "properties": {
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}, "tools": {"type": "array", "items": {"type": "object"}},
        """# + Self.common + "}}",
        "ChatAnswer": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"},
        "message": {"$ref": "#/components/schemas/Message"},
        """# + Self.durations + "}}",
        "GenerateLine": #"""
        {"description": "An error is the last.", "anyOf": [
        {"$ref": "#/components/schemas/GenerateAnswer"}, {"$ref": "#/components/schemas/OllamaError"}]}
        """#,
        "ChatLine": #"""
        {"description": "An error is the last.", "anyOf": [
        {"$ref": "#/components/schemas/ChatAnswer"}, {"$ref": "#/components/schemas/OllamaError"}]}
        """#,
        "ModelDetails": #"""
        {"type": "object", "properties": {"parent_model": {"type": "string"}, "format": {"const": "gguf"}, "family": {"type": "string"},
        "families": {"type": "array", "items": {"type": "string"}}, "parameter_size": {"type": "string"},
        "quantization_level": {"type": "string"}}}
        """#,
        "Tags": #"""
        {"type": "object", "properties": {"models": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"},
        "model": {"type": "string"}, "modified_at": {"type": "string", "format": "date-time"}, "size": {"type": "integer"},
        "digest": {"type": "string"}, "details": {"$ref": "#/components/schemas/ModelDetails"}}}}}}
        """#,
        "LoadedModels": #"""
        {"type": "object", "properties": {"models": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"},
        "model": {"type": "string"}, "size": {"type": "integer"}, "size_vram": {"type": "integer"}, "digest": {"type": "string"},
        "details": {"$ref": "#/components/schemas/ModelDetails"},
        "expires_at": {"type": "string", "format": "date-time"}, "context_length": {"type": "integer"}}}}}}
        """#,
        "ShowRequest":
            #"{"type": "object", "properties": {"model": {"type": "string"}, "verbose": {"type": "boolean"}}}"#,
        "ShownModel": #"""
        {"type": "object", "properties": {"license": {"type": "string"}, "modelfile": {"type": "string"}, "parameters": {"type": "string"},
        "template": {"type": "string"}, "details": {"$ref": "#/components/schemas/ModelDetails"}, "model_info": {"type": "object"},
        "tensors": {"type": "array", "items": {"type": "object"}},
        "capabilities": {"type": "array", "items": {"enum": ["completion", "insert", "embedding"]}}, "modified_at": {"type": "string", "format": "date-time"}}}
        """#,
        "Version": #"""
        {"type": "object", "properties": {"version": {"type": "string", "description": "Of Ollama's API."},
        "mullama": {"type": "string", "description": "Of the server."}}}
        """#,
        "EmbedRequest": #"""
        {"type": "object", "properties": {"model": {"type": "string"},
        "input": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, "truncate": {"type": "boolean", "default": true},
        "dimensions": {"type": "integer"},
        """# + Self.options + ", " + Self.keepAlive + "}}",
        "EmbedAnswer": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "embeddings": {"type": "array", "items": {"type": "array",
        "items": {"type": "number"}}}, "total_duration": {"type": "integer"}, "load_duration": {"type": "integer"},
        "prompt_eval_count": {"type": "integer"}}}
        """#,
        "OldEmbedRequest": #"""
        {"type": "object", "properties": {"model": {"type": "string"}, "prompt": {"type": "string"},
        """# + Self.options + ", " + Self.keepAlive + "}}",
        "OldEmbedAnswer": #"{"type": "object", "properties": {"embedding": {"type": "array", "items": {"type": "number"}}}}"#,
        "CopyRequest": #"""
        {"type": "object", "required": ["source", "destination"], "properties": {"source": {"type": "string"}, "destination": {"type": "string"}}}
        """#,
        "DeleteRequest": #"{"type": "object", "required": ["model"], "properties": {"model": {"type": "string"}}}"#,
    ]
}
