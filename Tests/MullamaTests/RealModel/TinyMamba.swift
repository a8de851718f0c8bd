import Foundation
import MullamaTestSupport

/// A recurrent network of two layers with random weights, as a GGUF file: it says nothing of sense, but llama.cpp computes it as any other.
///
/// Its vocabulary is the bytes and the blank.
enum TinyMamba {
    private static let width = 32
    private static let inner = 64
    private static let state = 16
    private static let rank = 2
    private static let kernel = 4
    private static let layers = 2

    /// Writes the model to a new file.
    ///
    /// - Parameter hasInfill: Whether the tokens `<s>`, `</s>` and `▁` also stand for the places of an infill.
    static func write(to url: URL, hasInfill: Bool = false) throws {
        var network = TinyNetwork()
        self.addKeys(to: &network)
        if hasInfill {
            for (token, id) in [("pre", 1), ("suf", 2), ("mid", 3)] { network.file.add("tokenizer.ggml.fim_\(token)_token_id", UInt32(id)) }
        }
        self.addTensors(to: &network)
        try network.write(to: url)
    }

    private static func addKeys(to network: inout TinyNetwork) {
        network.file.add("general.architecture", "mamba")
        network.file.add("general.name", "tiny-mamba")
        for (key, value) in [
            ("context_length", 4_096), ("embedding_length", Self.width), ("feed_forward_length", 0), ("block_count", Self.layers),
            ("attention.head_count", 0), ("ssm.conv_kernel", Self.kernel), ("ssm.inner_size", Self.inner), ("ssm.state_size", Self.state),
            ("ssm.time_step_rank", Self.rank),
        ] { network.file.add("mamba.\(key)", UInt32(value)) }
        network.file.add("mamba.attention.layer_norm_rms_epsilon", Float(1e-5))
        network.addBytes()
    }

    private static func addTensors(to network: inout TinyNetwork) {
        network.add("token_embd.weight", [Self.width, 260], scale: 1)
        network.add("output_norm.weight", [Self.width], scale: 0, around: 1)
        for layer in 0..<Self.layers {
            let block = "blk.\(layer)."
            network.add(block + "attn_norm.weight", [Self.width], scale: 0, around: 1)
            network.add(block + "ssm_in.weight", [Self.width, 2 * Self.inner], scale: 0.4)
            network.add(block + "ssm_conv1d.weight", [Self.kernel, Self.inner], scale: 0.6)
            network.add(block + "ssm_conv1d.bias", [Self.inner], scale: 0.1)
            network.add(block + "ssm_x.weight", [Self.inner, Self.rank + 2 * Self.state], scale: 0.4)
            network.add(block + "ssm_dt.weight", [Self.rank, Self.inner], scale: 0.5)
            network.add(block + "ssm_dt.bias", [Self.inner], scale: 0.5, around: -3)
            // Slow decay: what was said long ago counts.
            network.add(block + "ssm_a", [Self.state, Self.inner], scale: 0.04, around: -0.05)
            network.add(block + "ssm_d", [Self.inner], scale: 0.1, around: 1)
            network.add(block + "ssm_out.weight", [Self.inner, Self.width], scale: 0.4)
        }
    }
}
