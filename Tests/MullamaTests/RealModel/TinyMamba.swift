import Foundation
import MullamaTestSupport

/// A recurrent network of two layers with random weights, as a GGUF file: it says nothing of sense, but llama.cpp computes it as any other.
///
/// Its vocabulary is the bytes and the blank.
struct TinyMamba {
    private static let width = 32
    private static let inner = 64
    private static let state = 16
    private static let rank = 2
    private static let kernel = 4
    private static let layers = 2

    private var keys: [[UInt8]] = []
    private var tensors: [(name: String, shape: [Int], values: [Float])] = []
    private var generator = SeededGenerator(seed: 11)

    /// Writes the model to a new file.
    ///
    /// - Parameter hasInfill: Whether the tokens `<s>`, `</s>` and `▁` also stand for the places of an infill.
    static func write(to url: URL, hasInfill: Bool = false) throws {
        var model = TinyMamba()
        model.addKeys()
        if hasInfill {
            for (token, id) in [("pre", 1), ("suf", 2), ("mid", 3)] {
                model.add("tokenizer.ggml.fim_\(token)_token_id", 4, Self.integer(UInt32(id)))
            }
        }
        model.addTensors()
        try Data(model.bytes).write(to: url)
    }

    private mutating func addKeys() {
        self.add("general.architecture", 8, Self.string("mamba"))
        self.add("general.name", 8, Self.string("tiny-mamba"))
        for (key, value) in [
            ("context_length", 4_096), ("embedding_length", Self.width), ("feed_forward_length", 0), ("block_count", Self.layers),
            ("attention.head_count", 0), ("ssm.conv_kernel", Self.kernel), ("ssm.inner_size", Self.inner), ("ssm.state_size", Self.state),
            ("ssm.time_step_rank", Self.rank),
        ] { self.add("mamba.\(key)", 4, Self.integer(UInt32(value))) }
        self.add("mamba.attention.layer_norm_rms_epsilon", 6, Self.integer(Float(1e-5).bitPattern))

        let bytes = (0..<256).map { "<0x" + String($0 + 256, radix: 16, uppercase: true).dropFirst() + ">" }
        let pieces = ["<unk>", "<s>", "</s>", "▁"] + bytes
        let types: [Int32] = [2, 3, 3, 1] + bytes.map { _ in 6 }
        self.add("tokenizer.ggml.model", 8, Self.string("llama"))
        self.add("tokenizer.ggml.tokens", 9, Self.integer(UInt32(8)) + Self.integer(UInt64(pieces.count)) + pieces.flatMap(Self.string))
        self.add(
            "tokenizer.ggml.scores",
            9,
            Self.integer(UInt32(6)) + Self.integer(UInt64(pieces.count)) + pieces.flatMap { _ in Self.integer(Float(0).bitPattern) }
        )
        self.add("tokenizer.ggml.token_type", 9, Self.integer(UInt32(5)) + Self.integer(UInt64(types.count)) + types.flatMap(Self.integer))
    }

    private mutating func addTensors() {
        self.add("token_embd.weight", [Self.width, 260], scale: 1)
        self.add("output_norm.weight", [Self.width], scale: 0, around: 1)
        for layer in 0..<Self.layers {
            let block = "blk.\(layer)."
            self.add(block + "attn_norm.weight", [Self.width], scale: 0, around: 1)
            self.add(block + "ssm_in.weight", [Self.width, 2 * Self.inner], scale: 0.4)
            self.add(block + "ssm_conv1d.weight", [Self.kernel, Self.inner], scale: 0.6)
            self.add(block + "ssm_conv1d.bias", [Self.inner], scale: 0.1)
            self.add(block + "ssm_x.weight", [Self.inner, Self.rank + 2 * Self.state], scale: 0.4)
            self.add(block + "ssm_dt.weight", [Self.rank, Self.inner], scale: 0.5)
            self.add(block + "ssm_dt.bias", [Self.inner], scale: 0.5, around: -3)
            // Slow decay: what was said long ago counts.
            self.add(block + "ssm_a", [Self.state, Self.inner], scale: 0.04, around: -0.05)
            self.add(block + "ssm_d", [Self.inner], scale: 0.1, around: 1)
            self.add(block + "ssm_out.weight", [Self.inner, Self.width], scale: 0.4)
        }
    }

    private mutating func add(_ key: String, _ type: UInt32, _ value: [UInt8]) {
        self.keys.append(Self.string(key) + Self.integer(type) + value)
    }

    private mutating func add(_ name: String, _ shape: [Int], scale: Float, around middle: Float = 0) {
        let count = shape.reduce(1, *)
        let values = (0..<count).map { _ in middle + (scale > 0 ? Float.random(in: -scale...scale, using: &self.generator) : 0) }
        self.tensors.append((name, shape, values))
    }

    private var bytes: [UInt8] {
        func padding(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: (32 - count % 32) % 32) }
        var header =
            Array("GGUF".utf8) + Self.integer(UInt32(3)) + Self.integer(UInt64(self.tensors.count)) + Self.integer(UInt64(self.keys.count))
        header += self.keys.joined()
        var data: [UInt8] = []
        for tensor in self.tensors {
            header +=
                Self.string(tensor.name) + Self.integer(UInt32(tensor.shape.count)) + tensor.shape.flatMap { Self.integer(UInt64($0)) }
            header += Self.integer(UInt32(0)) + Self.integer(UInt64(data.count))
            data += tensor.values.flatMap { Self.integer($0.bitPattern) }
            data += padding(data.count)
        }
        return header + padding(header.count) + data
    }

    private static func integer<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func string(_ text: String) -> [UInt8] {
        self.integer(UInt64(text.utf8.count)) + Array(text.utf8)
    }
}
