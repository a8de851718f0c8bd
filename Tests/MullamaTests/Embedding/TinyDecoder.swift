import Foundation
import MullamaTestSupport

/// A Llama of two layers with random weights, as a GGUF file.
enum TinyDecoder {
    private static let width = 32
    private static let feedForward = 64
    private static let layers = 2
    /// A character whose vector is no number.
    static let poison: Character = "z"

    /// Writes the model to a new file.
    static func write(to url: URL) throws {
        var network = TinyNetwork()
        network.file.add("general.architecture", "llama")
        network.file.add("general.name", "tiny-decoder")
        for (key, value) in [
            ("context_length", 1_024), ("embedding_length", self.width), ("feed_forward_length", self.feedForward),
            ("block_count", self.layers), ("attention.head_count", 4), ("rope.dimension_count", 8),
        ] { network.file.add("llama.\(key)", UInt32(value)) }
        network.file.add("llama.attention.layer_norm_rms_epsilon", Float(1e-5))
        network.addBytes()
        self.addTensors(to: &network)
        try network.write(to: url)
    }

    private static func addTensors(to network: inout TinyNetwork) {
        network.add("token_embd.weight", [self.width, 260], scale: 1) { values in
            // Behind four tokens that are no bytes.
            let row = 4 + Int(self.poison.asciiValue ?? 0)
            for index in (row * self.width)..<((row + 1) * self.width) { values[index] = .nan }
        }
        network.add("output.weight", [self.width, 260], scale: 1)
        network.add("output_norm.weight", [self.width], scale: 0, around: 1)
        for layer in 0..<self.layers {
            let block = "blk.\(layer)."
            network.add(block + "attn_norm.weight", [self.width], scale: 0, around: 1)
            for part in ["attn_q", "attn_k", "attn_v", "attn_output"] {
                network.add(block + part + ".weight", [self.width, self.width], scale: 0.4)
            }
            network.add(block + "ffn_norm.weight", [self.width], scale: 0, around: 1)
            network.add(block + "ffn_gate.weight", [self.width, self.feedForward], scale: 0.4)
            network.add(block + "ffn_up.weight", [self.width, self.feedForward], scale: 0.4)
            network.add(block + "ffn_down.weight", [self.feedForward, self.width], scale: 0.4)
        }
    }
}
