extension OpenAPISchemas {
    /// What all requests for text have in common.
    private static let sampling = #"""
        "model": {"type": "string", "description": "The server's default model if it is left out."},
        "stream": {"type": "boolean", "default": false},
        "stream_options": {"type": "object", "properties": {"include_usage": {"type": "boolean"}, "include_progress": {"type": "boolean"}}},
        "n": {"type": "integer", "minimum": 1, "default": 1},
        "stop": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "temperature": {"type": "number", "minimum": 0, "maximum": 5},
        "top_p": {"type": "number"}, "top_k": {"type": "integer"}, "min_p": {"type": "number"}, "typical_p": {"type": "number"},
        "frequency_penalty": {"type": "number"}, "presence_penalty": {"type": "number"},
        "repeat_penalty": {"type": "number"}, "repetition_penalty": {"type": "number"}, "repeat_last_n": {"type": "integer"},
        "logit_bias": {"type": "object", "additionalProperties": {"type": "number"}},
        "seed": {"type": "integer"}, "grammar": {"type": "string", "description": "GBNF with a rule named root."},
        "ignore_eos": {"type": "boolean"},
        "priority": {"enum": ["interactive", "normal", "batch"]},
        "timeout": {"type": "number", "description": "Seconds."},
        "response_format": {"type": "object", "properties": {"type": {"const": "text"}}}
        """#

    /// What answers and their parts have in common.
    private static let identity = #"""
        "id": {"type": "string"}, "created": {"type": "integer"}, "model": {"type": "string"}, "system_fingerprint": {"type": "string"}
        """#

    static let openAI: [String: String] = [
        "CompletionRequest": #"""
        {"type": "object", "required": ["prompt"], "properties": {
        "prompt": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}]},
        "max_tokens": {"type": "integer", "minimum": -1, "default": 16}, "n_predict": {"type": "integer", "minimum": -1},
        "suffix": {"type": "string"}, "echo": {"type": "boolean"}, "logprobs": {"type": "integer", "minimum": 0, "maximum": 20},
        "parse_special": {"type": "boolean", "default": true, "description": "Whether names of control tokens in the prompt are those tokens."},
        "best_of": {"type": "integer", "description": "As many as n."},
        """# + Self.sampling + "}}",
        "ChatCompletionRequest": #"""
        {"type": "object", "required": ["messages"], "properties": {
        "messages": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Message"}},
        "max_tokens": {"type": "integer", "minimum": -1}, "max_completion_tokens": {"type": "integer", "minimum": -1},
        "logprobs": {"type": "boolean"}, "top_logprobs": {"type": "integer", "minimum": 0, "maximum": 20},
        "tools": {"type": "array", "items": {"type": "object"}}, "tool_choice": {"enum": ["auto", "none"]},
        "reasoning_effort": {"type": "string"},
        "chat_template_kwargs": {"type": "object"},
        """# + Self.sampling + "}}",
        "Message": #"""
        {"type": "object", "required": ["role"], "properties": {"role": {"type": "string"},
        "content": {"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "array", "items": {"type": "object", "properties": {
        "type": {"const": "text"}, "text": {"type": "string"}}}}]},
        "name": {"type": "string"}, "tool_calls": {"type": "array", "items": {"type": "object"}}, "tool_call_id": {"type": "string"}}}
        """#,
        "Usage": #"""
        {"type": ["object", "null"], "properties": {"prompt_tokens": {"type": "integer"}, "completion_tokens": {"type": "integer"},
        "total_tokens": {"type": "integer"}, "prompt_tokens_details": {"type": "object", "properties": {"cached_tokens": {"type": "integer"}}}}}
        """#,
        "Completion": #"""
        {"type": "object", "properties": {"object": {"const": "text_completion"},
        """# + Self.identity + #"""
            , "choices": {"type": "array", "items": {"type": "object", "properties": {
            "index": {"type": "integer"}, "text": {"type": "string"}, "finish_reason": {"enum": ["stop", "length", null]},
            "logprobs": {"type": ["object", "null"], "properties": {"tokens": {"type": "array"}, "token_logprobs": {"type": "array"},
            "top_logprobs": {"type": ["array", "null"]}, "text_offset": {"type": "array"}}}}}},
            "usage": {"$ref": "#/components/schemas/Usage"}, "timings": {"$ref": "#/components/schemas/Timings"}}}
            """#,
        "ChatCompletion": #"""
        {"type": "object", "properties": {"object": {"const": "chat.completion"},
        """# + Self.identity + #"""
            , "choices": {"type": "array", "items": {"type": "object", "properties": {
            "index": {"type": "integer"}, "message": {"$ref": "#/components/schemas/Message"}, "finish_reason": {"enum": ["stop", "length", null]},
            "logprobs": {"$ref": "#/components/schemas/ChatLogprobs"}}}}, "usage": {"$ref": "#/components/schemas/Usage"},
            "timings": {"$ref": "#/components/schemas/Timings"}}}
            """#,
        "ChatCompletionChunk": #"""
        {"type": "object", "properties": {"object": {"const": "chat.completion.chunk"},
        """# + Self.identity + #"""
            , "choices": {"type": "array", "items": {"type": "object", "properties": {
            "index": {"type": "integer"}, "delta": {"type": "object"}, "finish_reason": {"enum": ["stop", "length", null]},
            "logprobs": {"$ref": "#/components/schemas/ChatLogprobs"}}}}, "usage": {"$ref": "#/components/schemas/Usage"},
            "timings": {"$ref": "#/components/schemas/Timings"}}}
            """#,
        "Progress": #"""
        {"type": "object", "description": "Where answers are that have not begun, with stream_options.include_progress.", "properties": {
        "object": {"const": "progress"},
        """# + Self.identity + #"""
            , "choices": {"type": "array", "maxItems": 0}, "progress": {"type": "array", "items": {"type": "object", "properties": {
            "index": {"type": "integer"}, "phase": {"type": "string"}, "queue_position": {"type": ["integer", "null"]},
            "prompt_tokens": {"type": "integer"}, "prefilled_tokens": {"type": "integer"}}}}}}
            """#,
        "CompletionEvent": #"""
        {"description": "An error is the last. What came whole ends with the event [DONE].", "anyOf": [
        {"$ref": "#/components/schemas/Completion"}, {"$ref": "#/components/schemas/Progress"}, {"$ref": "#/components/schemas/Error"}]}
        """#,
        "ChatCompletionEvent": #"""
        {"description": "An error is the last. What came whole ends with the event [DONE].", "anyOf": [
        {"$ref": "#/components/schemas/ChatCompletionChunk"}, {"$ref": "#/components/schemas/Progress"},
        {"$ref": "#/components/schemas/Error"}]}
        """#,
        "Timings": #"""
        {"type": "object", "description": "Where the time went; of several answers the longest.", "properties": {
        "load_ms": {"type": "number"}, "queue_ms": {"type": "number"}, "prefill_ms": {"type": "number"}, "decode_ms": {"type": "number"},
        "cached_tokens": {"type": "integer"}}}
        """#,
        "ChatLogprobs": #"""
        {"type": ["object", "null"], "properties": {"content": {"type": "array", "items": {"$ref": "#/components/schemas/TokenLogprob"}}}}
        """#,
        "EmbeddingsRequest": #"""
        {"type": "object", "required": ["input"], "properties": {"model": {"type": "string"},
        "input": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}]},
        "encoding_format": {"enum": ["float", "base64"]}, "dimensions": {"type": "integer", "minimum": 1},
        "priority": {"enum": ["interactive", "normal", "batch"]}, "timeout": {"type": "number", "description": "Seconds."}}}
        """#,
        "Embeddings": #"""
        {"type": "object", "properties": {"object": {"const": "list"}, "model": {"type": "string"}, "data": {"type": "array", "items": {
        "type": "object", "properties": {"object": {"const": "embedding"}, "index": {"type": "integer"},
        "embedding": {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string"}]}}}},
        "usage": {"$ref": "#/components/schemas/Usage"}}}
        """#,
        "Model": #"""
        {"type": "object", "properties": {"id": {"type": "string"}, "object": {"const": "model"}, "created": {"type": "integer"},
        "owned_by": {"type": "string"}, "is_default": {"type": "boolean"}, "state": {"enum": ["not_loaded", "loading", "loaded", "unloading"]},
        "context_length": {"type": "integer", "description": "Of a model in memory."}, "meta": {"type": "object"},
        "reproducibility": {"type": "object", "properties": {"state": {"enum": ["kept", "not_kept", "unchecked"]}, "reason": {"type": "string"}}}}}
        """#,
        "Models": #"""
        {"type": "object", "properties": {"object": {"const": "list"}, "data": {"type": "array", "items": {"$ref": "#/components/schemas/Model"}}}}
        """#,
    ]
}
