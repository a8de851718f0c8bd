import Foundation
import MullamaTestSupport

/// A network of a few kilobytes with random weights, as a GGUF file: it says nothing of sense, but llama.cpp computes it as any other.
struct TinyNetwork {
    var file = GGUFBuilder()
    private var generator = SeededGenerator(seed: 11)

    /// A vocabulary: what the tokens are written like, and of which of llama.cpp's kinds they are.
    mutating func add(tokenizer: String, pieces: [String], types: [Int32]) {
        self.file.add("tokenizer.ggml.model", tokenizer)
        self.file.add("tokenizer.ggml.tokens", pieces)
        let scores = pieces.flatMap { _ in GGUFBuilder.integer(Float(0).bitPattern) }
        self.file.add("tokenizer.ggml.scores", elementType: 6, count: UInt64(pieces.count), scores)
        self.file.add("tokenizer.ggml.token_type", types)
    }

    /// The vocabulary of all bytes and the blank, behind three control tokens.
    mutating func addBytes() {
        let bytes = (0..<256).map { "<0x" + String($0 + 256, radix: 16, uppercase: true).dropFirst() + ">" }
        self.add(tokenizer: "llama", pieces: ["<unk>", "<s>", "</s>", "▁"] + bytes, types: [2, 3, 3, 1] + bytes.map { _ in 6 })
    }

    /// - Parameter change: Gets to see the numbers.
    mutating func add(_ name: String, _ shape: [Int], scale: Float, around middle: Float = 0, change: (inout [Float]) -> Void = { _ in }) {
        let count = shape.reduce(1, *)
        var values = (0..<count).map { _ in middle + (scale > 0 ? Float.random(in: -scale...scale, using: &self.generator) : 0) }
        change(&values)
        let data = values.flatMap { GGUFBuilder.integer($0.bitPattern) }
        self.file.tensors.append(.init(name: name, dimensions: shape.map { UInt64($0) }, type: 0, size: data.count, data: data))
    }

    func write(to url: URL) throws {
        try Data(self.file.build()).write(to: url)
    }
}
