import ChatTemplates
import Mullama

/// The `options` of Ollama's requests, with Mullama's defaults.
///
/// Those that Ollama loads a model anew for (`num_thread`, `num_gpu`, `main_gpu`, `num_batch`, `numa`, `low_vram`, `f16_kv`, `use_mmap`, `use_mlock`,
/// `vocab_only`, `logits_all`, `embedding_only`) are ignored: they say how fast an answer comes and not what it is, and a model that others use
/// as well is not loaded anew for one. So are `num_keep`, since nothing is dropped of a prompt, and names that nobody knows.
struct OllamaOptions: Sendable {
    var generation = GenerationOptions()
    /// Nil goes on to the context's end.
    var maxTokens: Int?
    /// Nil takes the model's.
    var contextSize: Int?

    init(_ fields: RequestFields?) throws(APIError) {
        guard let fields else { return }
        self.contextSize = try fields.integer("num_ctx", in: 1...(1 << 24))
        // -1 has no limit, -2 fills the context, and both end with it. Some clients have 0 for no limit.
        if let count = try fields.integer("num_predict", in: -2...Int.max), count > 0 { self.maxTokens = count }
        try self.generation.readSampling(fields, context: self.contextSize)
        if let seed = try fields.integer("seed"), seed >= 0 { self.generation.seed = UInt64(seed) }
        try fields.refuse("mirostat", unless: [0, 0.0], because: "use temperature, top_k, top_p, min_p or typical_p")
        try fields.refuse("tfs_z", unless: [1, 1.0], because: "use top_p, min_p or typical_p")
        try fields.refuse("penalize_newline", unless: [true], because: "penalties look at newlines as at all tokens")
    }
}
