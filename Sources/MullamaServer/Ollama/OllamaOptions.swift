import ChatTemplates
import Mullama

/// The `options` of Ollama's requests, with Mullama's defaults.
///
/// Those that Ollama loads a model anew for (`num_thread`, `num_gpu`, `main_gpu`, `num_batch`, `numa`, `low_vram`, `f16_kv`, `use_mmap`, `use_mlock`,
/// `vocab_only`, `logits_all`, `embedding_only`) are ignored: they say how fast an answer comes and not what it is, and a model that others use
/// as well is not loaded anew for one. So are `num_keep`, since nothing is dropped of a prompt, and names that nobody knows.
struct OllamaOptions: Sendable {
    /// The longest look back that the engine has; contexts are not longer in practice.
    private static let longestLookBack = 1_000_000

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
        try self.readSampling(fields)
        try self.readPenalties(fields)
        if let seed = try fields.integer("seed"), seed >= 0 { self.generation.seed = UInt64(seed) }
        self.generation.stop = try fields.strings("stop") ?? []
        guard !self.generation.stop.contains("") else {
            throw APIError.invalid(
                fields.name("stop"),
                "\(fields.name("stop")) has an empty string, which every answer begins with: leave it out"
            )
        }
        try fields.refuse("mirostat", unless: [0, 0.0], because: "use temperature, top_k, top_p, min_p or typical_p")
        try fields.refuse("tfs_z", unless: [1, 1.0], because: "use top_p, min_p or typical_p")
        try fields.refuse("penalize_newline", unless: [true], because: "penalties look at newlines as at all tokens")
    }

    private mutating func readSampling(_ fields: RequestFields) throws(APIError) {
        if let temperature = try fields.number("temperature", in: 0...5) { self.generation.temperature = temperature }
        // Below 0 means off, as 0 does.
        if let topK = try fields.integer("top_k", in: -1...Int.max) { self.generation.topK = max(topK, 0) }
        if let topP = try fields.number("top_p", in: 0...1) { self.generation.topP = Self.mass(topP) }
        if let minP = try fields.number("min_p", in: 0...1) { self.generation.minP = minP }
        if let typicalP = try fields.number("typical_p", in: 0...1) { self.generation.typicalP = Self.mass(typicalP) }
    }

    /// A part of all probability. None of it still leaves the most likely token.
    private static func mass(_ value: Double) -> Double { max(value, 1e-6) }

    private mutating func readPenalties(_ fields: RequestFields) throws(APIError) {
        if let penalty = try fields.number("repeat_penalty", in: 0.01...100) { self.generation.repeatPenalty = penalty }
        if let penalty = try fields.number("presence_penalty", in: -100...100) { self.generation.presencePenalty = penalty }
        if let penalty = try fields.number("frequency_penalty", in: -100...100) { self.generation.frequencyPenalty = penalty }
        guard let count = try fields.integer("repeat_last_n", in: -1...Self.longestLookBack) else { return }
        let whole = min(self.contextSize ?? Self.longestLookBack, Self.longestLookBack)
        self.generation.repeatLastN = count < 0 ? whole : count
    }
}
