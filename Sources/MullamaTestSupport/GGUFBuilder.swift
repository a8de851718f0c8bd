import Foundation

/// Writes GGUF files for tests, sound ones and broken ones.
package struct GGUFBuilder {
    package struct Tensor {
        package var name: String
        package var dimensions: [UInt64]
        package var type: UInt32
        package var size: Int
        package var offset: UInt64?
        /// What it holds; nil for a pattern.
        package var data: [UInt8]?

        package init(name: String, dimensions: [UInt64], type: UInt32, size: Int, offset: UInt64? = nil, data: [UInt8]? = nil) {
            self.name = name
            self.dimensions = dimensions
            self.type = type
            self.size = size
            self.offset = offset
            self.data = data
        }
    }

    package var magic = Array("GGUF".utf8)
    package var version: UInt32 = 3
    package var alignment = 32
    package var tensorCount: UInt64?
    package var keyCount: UInt64?
    package var tensors: [Tensor] = []
    private var keys: [[UInt8]] = []

    package init() {}

    package mutating func add(_ key: String, type: UInt32, _ value: [UInt8]) {
        keys.append(Self.string(key) + Self.integer(type) + value)
    }

    package mutating func add(_ key: String, _ text: String) {
        add(key, type: 8, Self.string(text))
    }

    package mutating func add(_ key: String, _ number: UInt32) {
        add(key, type: 4, Self.integer(number))
    }

    package mutating func add(_ key: String, _ number: Int32) {
        add(key, type: 5, Self.integer(number))
    }

    package mutating func add(_ key: String, _ number: UInt64) {
        add(key, type: 10, Self.integer(number))
    }

    package mutating func add(_ key: String, _ number: Float) {
        add(key, type: 6, Self.integer(number.bitPattern))
    }

    package mutating func add(_ key: String, _ flag: Bool) {
        add(key, type: 7, [flag ? 1 : 0])
    }

    package mutating func add(_ key: String, _ numbers: [Int32]) {
        add(key, elementType: 5, count: UInt64(numbers.count), numbers.flatMap(Self.integer))
    }

    package mutating func add(_ key: String, _ texts: [String]) {
        add(key, elementType: 8, count: UInt64(texts.count), texts.flatMap(Self.string))
    }

    package mutating func add(_ key: String, elementType: UInt32, count: UInt64, _ elements: [UInt8]) {
        add(key, type: 9, Self.integer(elementType) + Self.integer(count) + elements)
    }

    package func build() -> [UInt8] {
        var bytes = magic + Self.integer(version)
        bytes += Self.integer(tensorCount ?? UInt64(tensors.count)) + Self.integer(keyCount ?? UInt64(keys.count))
        for key in keys { bytes += key }
        let pattern = (0..<256).map { UInt8(truncatingIfNeeded: $0 * 31) }
        var offset = 0
        var data: [UInt8] = []
        for tensor in tensors {
            bytes += Self.string(tensor.name) + Self.integer(UInt32(tensor.dimensions.count))
            for dimension in tensor.dimensions { bytes += Self.integer(dimension) }
            bytes += Self.integer(tensor.type) + Self.integer(tensor.offset ?? UInt64(offset))
            data += [UInt8](repeating: 0, count: offset - data.count)
            if let own = tensor.data {
                data += own
            } else {
                for start in stride(from: 0, to: tensor.size, by: 256) { data += pattern.prefix(tensor.size - start) }
            }
            offset = (data.count + alignment - 1) / alignment * alignment
        }
        guard !data.isEmpty else { return bytes }
        bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
        return bytes + data
    }

    package static func integer<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    package static func string(_ text: String) -> [UInt8] {
        integer(UInt64(text.utf8.count)) + Array(text.utf8)
    }

    /// A small model with every kind of value in its header: 2 layers, 4 heads, 2 key and value heads, 3 tokens.
    package static func smallModel(named name: String = "Small", license: String? = nil) -> GGUFBuilder {
        var builder = GGUFBuilder()
        builder.add("general.architecture", "llama")
        builder.add("general.name", name)
        if let license { builder.add("general.license", license) }
        builder.add("general.file_type", UInt32(15))
        builder.add("llama.block_count", UInt32(2))
        builder.add("llama.context_length", UInt64(2048))
        builder.add("llama.embedding_length", UInt32(64))
        builder.add("llama.attention.head_count", UInt32(4))
        builder.add("llama.attention.head_count_kv", [Int32(2), 1])
        builder.add("llama.rope.freq_base", Float(10_000))
        builder.add("tokenizer.ggml.tokens", ["<s>", "a", "ß"])
        builder.add("tokenizer.ggml.add_bos_token", true)
        builder.add("tokenizer.chat_template", "{{ messages }}")
        builder.tensors = [
            Tensor(name: "token_embd.weight", dimensions: [64, 3], type: 8, size: 204),
            Tensor(name: "output_norm.weight", dimensions: [5], type: 0, size: 20),
        ]
        return builder
    }
}
