import Foundation
import MullamaTestSupport

/// A BERT of two layers with random weights, as a GGUF file: its tokens look at all others, so that it computes embeddings and generates nothing.
///
/// Its vocabulary is the letters.
enum TinyEncoder {
    static let width = 32
    static let contextSize = 512
    private static let feedForward = 64
    private static let layers = 2

    /// Writes the model to a new file.
    ///
    /// - Parameter pooling: llama.cpp's number of the way to pool; nil for a file that does not say.
    static func write(to url: URL, pooling: UInt32?) throws {
        var network = TinyNetwork()
        network.file.add("general.architecture", "bert")
        network.file.add("general.name", "tiny-encoder")
        for (key, value) in [
            ("context_length", self.contextSize), ("embedding_length", self.width), ("feed_forward_length", self.feedForward),
            ("block_count", self.layers), ("attention.head_count", 4),
        ] { network.file.add("bert.\(key)", UInt32(value)) }
        network.file.add("bert.attention.layer_norm_epsilon", Float(1e-12))
        network.file.add("bert.attention.causal", false)
        if let pooling { network.file.add("bert.pooling_type", pooling) }
        let letters = "abcdefghijklmnopqrstuvwxyz".map { String($0) }
        let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters.map { "▁" + $0 } + letters
        network.add(tokenizer: "bert", pieces: pieces, types: pieces.indices.map { $0 < 5 ? 3 : 1 })
        network.file.add("tokenizer.ggml.token_type_count", 2 as UInt32)
        for (key, value) in [
            ("bos", 2), ("eos", 3), ("unknown", 1), ("seperator", 3), ("padding", 0), ("mask", 4),
        ] { network.file.add("tokenizer.ggml.\(key)_token_id", UInt32(value)) }
        self.addTensors(to: &network, vocabulary: pieces.count)
        try network.write(to: url)
    }

    private static func addTensors(to network: inout TinyNetwork, vocabulary: Int) {
        func norm(_ name: String) {
            network.add(name + ".weight", [self.width], scale: 0, around: 1)
            network.add(name + ".bias", [self.width], scale: 0.1)
        }
        func linear(_ name: String, _ input: Int, _ output: Int) {
            network.add(name + ".weight", [input, output], scale: 0.4)
            network.add(name + ".bias", [output], scale: 0.1)
        }
        network.add("token_embd.weight", [self.width, vocabulary], scale: 1)
        network.add("position_embd.weight", [self.width, self.contextSize], scale: 0.3)
        network.add("token_types.weight", [self.width, 2], scale: 0.1)
        norm("token_embd_norm")
        for layer in 0..<self.layers {
            let block = "blk.\(layer)."
            for part in ["attn_q", "attn_k", "attn_v", "attn_output"] { linear(block + part, self.width, self.width) }
            norm(block + "attn_output_norm")
            linear(block + "ffn_up", self.width, self.feedForward)
            linear(block + "ffn_down", self.feedForward, self.width)
            norm(block + "layer_output_norm")
        }
    }
}
