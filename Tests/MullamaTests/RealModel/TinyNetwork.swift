import Foundation
import MullamaTestSupport

/// A GGUF file of a few kilobytes with random weights, as it is put together.
struct TinyNetwork {
    private var keys: [[UInt8]] = []
    private var tensors: [(name: String, shape: [Int], values: [Float])] = []
    private var generator = SeededGenerator(seed: 11)

    mutating func add(_ key: String, _ value: String) {
        self.keys.append(Self.string(key) + Self.integer(UInt32(8)) + Self.string(value))
    }

    mutating func add(_ key: String, _ value: UInt32) {
        self.keys.append(Self.string(key) + Self.integer(UInt32(4)) + Self.integer(value))
    }

    mutating func add(_ key: String, _ value: Float) {
        self.keys.append(Self.string(key) + Self.integer(UInt32(6)) + Self.integer(value.bitPattern))
    }

    mutating func add(_ key: String, _ value: Bool) {
        self.keys.append(Self.string(key) + Self.integer(UInt32(7)) + [value ? 1 : 0])
    }

    /// A vocabulary: what the tokens are written like, and of which of llama.cpp's kinds they are.
    mutating func add(tokenizer: String, pieces: [String], types: [Int32]) {
        func array(_ type: UInt32, _ elements: [[UInt8]]) -> [UInt8] {
            Self.integer(UInt32(9)) + Self.integer(type) + Self.integer(UInt64(elements.count)) + elements.joined()
        }
        self.add("tokenizer.ggml.model", tokenizer)
        self.keys.append(Self.string("tokenizer.ggml.tokens") + array(8, pieces.map(Self.string)))
        self.keys.append(Self.string("tokenizer.ggml.scores") + array(6, pieces.map { _ in Self.integer(Float(0).bitPattern) }))
        self.keys.append(Self.string("tokenizer.ggml.token_type") + array(5, types.map { Self.integer($0) }))
    }

    mutating func add(_ name: String, _ shape: [Int], scale: Float, around middle: Float = 0) {
        let count = shape.reduce(1, *)
        let values = (0..<count).map { _ in middle + (scale > 0 ? Float.random(in: -scale...scale, using: &self.generator) : 0) }
        self.tensors.append((name, shape, values))
    }

    func write(to url: URL) throws {
        try Data(self.bytes).write(to: url)
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
