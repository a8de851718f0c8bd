extension OpenAPISchemas {
    static let native: [String: String] = [
        "Health": #"{"type": "object", "properties": {"status": {"const": "ok"}}}"#,
        "Readiness": #"""
        {"type": "object", "required": ["status"], "properties": {"status": {"enum": ["ready", "not_ready"]},
        "model": {"type": ["string", "null"]}, "model_state": {"enum": ["loaded", "loading", "unloading", "unloaded"]},
        "reason": {"enum": ["starting", "draining", "model_load_failed", "model_not_found", "engine_stalled"]},
        "message": {"type": "string"}}}
        """#,
        "Request": #"""
        {"type": "object", "required": ["id", "state", "route", "created"], "properties": {"id": {"type": "string"},
        "state": {"enum": ["live", "finished"]}, "route": {"type": "string"}, "model": {"type": ["string", "null"]},
        "key": {"type": ["string", "null"]}, "priority": {"enum": ["batch", "normal", "interactive"]},
        "created": {"type": "integer", "description": "Seconds since 1970."},
        "phase": {"enum": ["loading", "tokenizing", "queued", "suspended", "prefill", "decode", "embedding", "sending"]},
        "paused": {"type": "boolean"}, "queue_position": {"type": ["integer", "null"]},
        "estimated_wait_ms": {"type": ["number", "null"]}, "age_ms": {"type": "number"}, "prompt_tokens": {"type": "integer"},
        "prefilled_tokens": {"type": "integer"}, "cached_tokens": {"type": "integer"}, "completion_tokens": {"type": "integer"},
        "status": {"type": ["integer", "null"]}, "finish_reason": {"type": ["string", "null"]}, "error": {"type": ["string", "null"]},
        "texts": {"type": "integer", "description": "Of a request for embeddings."}, "embedding_ms": {"type": ["number", "null"]},
        "duration_ms": {"type": "number"}, "load_ms": {"type": ["number", "null"]}, "queue_ms": {"type": ["number", "null"]},
        "prefill_ms": {"type": ["number", "null"]}, "decode_ms": {"type": ["number", "null"]},
        "cancel_latency_ms": {"type": ["number", "null"]}, "answers": {"type": "array", "items": {"type": "object"}}}}
        """#,
        "Requests": #"""
        {"type": "object", "properties": {"requests": {"type": "array", "items": {"$ref": "#/components/schemas/Request"}}}}
        """#,
        "CancelledRequests": #"""
        {"type": "object", "properties": {"cancelled": {"type": "array", "items": {"$ref": "#/components/schemas/Request"}}}}
        """#,
        "LocalRequest": #"""
        {"type": "object", "required": ["model"], "description": "With either prompt or messages.", "properties": {"model": {"type": "string"},
        "prompt": {"type": "string"}, "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
        "max_tokens": {"type": "integer"}, "context_size": {"type": "integer"}, "temperature": {"type": "number"}, "top_k": {"type": "integer"},
        "top_p": {"type": "number"}, "min_p": {"type": "number"}, "typical_p": {"type": "number"}, "repeat_penalty": {"type": "number"},
        "repeat_last_n": {"type": "integer"}, "frequency_penalty": {"type": "number"}, "presence_penalty": {"type": "number"},
        "seed": {"type": "integer"}, "stop": {"type": "array", "items": {"type": "string"}}, "grammar": {"type": "string"},
        "timeout": {"type": "number", "description": "In seconds."}}}
        """#,
        "LocalEvent": #"""
        {"type": "object", "description": "One of these.", "properties": {"accepted": {"type": "object", "properties": {
        "model": {"type": "string"}, "load": {"type": "number"}}}, "text": {"type": "string"}, "end": {"type": "object", "properties": {
        "reason": {"enum": ["stop", "stopSequence", "length", "deadline", "cancelled", "failed"]}, "usage": {"type": "object"},
        "timings": {"type": "object", "description": "In seconds."}}}, "error": {"type": "object", "properties": {"code": {"type": "string"},
        "message": {"type": "string"}, "underlying": {"type": "integer"},
        "retry_after": {"type": "number", "description": "In seconds."}}}}}
        """#,
        "LocalStatus": #"""
        {"type": "object", "required": ["models"], "properties": {"parallel": {"type": "integer"}, "models": {"type": "array", "items": {"type": "object", "properties": {
        "name": {"type": "string"}, "state": {"enum": ["loading", "ready", "unloading"]}, "progress": {"type": "number"},
        "memory": {"type": "integer"}, "users": {"type": "integer"}, "expires": {"type": "number", "description": "Seconds since 1970."}}}}}}
        """#,
        "TokenizeRequest": #"""
        {"type": "object", "required": ["content"], "properties": {"model": {"type": "string"}, "content": {"type": "string"},
        "add_special": {"type": "boolean"}, "parse_special": {"type": "boolean"}, "with_pieces": {"type": "boolean"},
        "timeout": {"type": "number", "description": "In seconds."}}}
        """#,
        "Tokens": #"""
        {"type": "object", "properties": {"tokens": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "object",
        "properties": {"id": {"type": "integer"}, "piece": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}}}]}}}}
        """#,
        "DetokenizeRequest": #"""
        {"type": "object", "required": ["tokens"], "properties": {"model": {"type": "string"}, "tokens": {"type": "array", "items": {
        "type": "integer"}}, "timeout": {"type": "number", "description": "In seconds."}}}
        """#,
        "Detokenized": #"{"type": "object", "properties": {"content": {"type": "string"}}}"#,
        "ApplyTemplateRequest": #"""
        {"type": "object", "required": ["messages"], "properties": {"model": {"type": "string"},
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}, "tools": {"type": "array", "items": {"type": "object"}},
        "add_generation_prompt": {"type": "boolean", "default": true}, "tool_choice": {"enum": ["auto", "none"]},
        "reasoning_effort": {"type": "string"}, "chat_template_kwargs": {"type": "object"},
        "timeout": {"type": "number", "description": "In seconds."}}}
        """#,
        "RenderedPrompt": #"{"type": "object", "properties": {"prompt": {"type": "string"}}}"#,
    ]
}
