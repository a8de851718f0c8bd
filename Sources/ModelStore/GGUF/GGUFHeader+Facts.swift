/// What the metadata says about the model. Each fact is nil where the file does not say it.
extension GGUFHeader {
    /// More layers than any model has; llama.cpp takes 512.
    private static let maximumLayers = 4096
    private static let range = 0...Int(UInt32.max)

    /// The architecture as llama.cpp names it, for example `llama` or `qwen3`.
    public var architecture: String? { string("general.architecture") }

    /// The model's own name, for example `SmolLM2 135M Instruct`.
    public var name: String? { string("general.name") }

    /// The model's license as its maker noted it, for example `apache-2.0`.
    public var license: String? { string("general.license") }

    /// The quantization of the file as a whole, for example `Q4_K - Medium`.
    public var fileType: GGUFFileType? {
        int("general.file_type").flatMap { UInt32(exactly: $0) }.map(GGUFFileType.init(rawValue:))
    }

    /// The type in which most bytes of the weights are stored; for files that do not name their quantization.
    public var dominantTensorType: GGMLType? {
        var bytes: [GGMLType: Int] = [:]
        for tensor in tensors { bytes[tensor.type, default: 0] += tensor.byteSize }
        return bytes.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key
    }

    /// The number of tokens that the model was trained to look at.
    public var trainingContextSize: Int? { count("context_length") }

    /// The number of numbers that stand for one token between layers.
    public var embeddingLength: Int? { count("embedding_length") }

    /// The number of layers.
    public var layerCount: Int? { count("block_count") }

    /// The number of attention heads in the first layer.
    public var headCount: Int? { headCounts.first }

    /// The number of key and value heads in the first layer.
    public var headCountKV: Int? { headCountsKV.first }

    /// The number of attention heads in each layer; empty where it is not known.
    public var headCounts: [Int] { perLayer("attention.head_count") }

    /// The number of key and value heads in each layer, 0 for layers without attention; as many as attention heads where the file does not
    /// say otherwise, and empty where those are not known.
    public var headCountsKV: [Int] {
        fact("attention.head_count_kv") == nil ? headCounts : perLayer("attention.head_count_kv")
    }

    /// The length of a key in one head. Layers with a sliding window may have another: `fact("attention.key_length_swa")`.
    public var keyLength: Int? { count("attention.key_length") ?? defaultHeadLength }

    /// The length of a value in one head. Layers with a sliding window may have another: `fact("attention.value_length_swa")`.
    public var valueLength: Int? { count("attention.value_length") ?? defaultHeadLength }

    /// The number of tokens that layers with a sliding window look back; nil when there is no such layer as far as the file says.
    public var slidingWindow: Int? {
        count("attention.sliding_window").flatMap { $0 > 0 ? $0 : nil }
    }

    /// Which layers have a sliding window; nil for the many files that leave it to the architecture.
    public var slidingWindowPattern: SlidingWindowPattern? {
        guard let value = fact("attention.sliding_window_pattern") else { return nil }
        return count("attention.sliding_window_pattern").map(SlidingWindowPattern.period)
            ?? value.array?.bools.map(SlidingWindowPattern.layers)
    }

    /// The number of tokens in the vocabulary.
    public var vocabularySize: Int? {
        metadata["tokenizer.ggml.tokens"]?.array?.count ?? count("vocab_size")
    }

    /// The template that turns a conversation into a prompt, in Jinja.
    public var chatTemplate: String? { string("tokenizer.chat_template") }

    /// The number of experts; nil for a model without.
    public var expertCount: Int? {
        count("expert_count").flatMap { $0 > 0 ? $0 : nil }
    }

    /// The number of experts that take part in a token; the largest where it differs between layers.
    public var expertUsedCount: Int? {
        let value = fact("expert_used_count")
        return (value?.int ?? value?.array?.ints?.max()).flatMap { Self.range.contains($0) && $0 > 0 ? $0 : nil }
    }

    /// The number of files that the model is split into; 1 when it is whole.
    public var splitCount: Int { int("split.count").map { max($0, 1) } ?? 1 }

    /// Which of the files this is, counted from 0.
    public var splitIndex: Int { int("split.no") ?? 0 }

    /// What the file is: `model` when it does not say otherwise; others are `adapter`, `mmproj` and `imatrix`.
    public var kind: String { string("general.type") ?? "model" }

    /// The value under a key that starts with the architecture's name.
    /// - Parameter suffix: The rest of the key, for example `attention.key_length`.
    /// - Returns: nil when there is none, or the file names no architecture.
    public func fact(_ suffix: String) -> GGUFValue? {
        architecture.flatMap { metadata["\($0).\(suffix)"] }
    }

    /// A number that llama.cpp reads as 32 bits without a sign; nil for any other, which can only be damage.
    private func count(_ suffix: String) -> Int? {
        fact(suffix)?.int.flatMap { Self.range.contains($0) ? $0 : nil }
    }

    private var defaultHeadLength: Int? {
        guard let embeddingLength, let headCount, headCount > 0 else { return nil }
        return embeddingLength / headCount
    }

    /// One number for each layer, whether the file gives one for all or one for each.
    private func perLayer(_ suffix: String) -> [Int] {
        // The count comes from the file: without a limit a damaged one would ask for gigabytes.
        guard let layerCount, (1...Self.maximumLayers).contains(layerCount), let value = fact(suffix) else { return [] }
        let numbers = value.int.map { Array(repeating: $0, count: layerCount) } ?? value.array?.ints ?? []
        return numbers.count == layerCount && numbers.allSatisfy(Self.range.contains) ? numbers : []
    }
}
