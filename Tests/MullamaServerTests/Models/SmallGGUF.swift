/// The smallest GGUF file that memory can be estimated from: 2 layers, 4 heads of 16 numbers, 2,048 tokens of context, 12,288 bytes of weights.
enum SmallGGUF {
    /// 2 layers, 4 heads, keys and values of 16 numbers, 2 bytes each.
    static let cacheBytesPerToken = 2 * 4 * 2 * 16 * 2

    static let bytes: [UInt8] = {
        let keys: [[UInt8]] =
            [text("general.architecture", "llama"), number("general.file_type", 1)]
            + [
                ("block_count", 2), ("context_length", 2048), ("embedding_length", 64), ("feed_forward_length", 128),
                ("attention.head_count", 4),
            ]
            .map { number("llama.\($0)", $1) }
        let tensor =
            string("token_embd.weight") + integer(UInt32(2)) + integer(UInt64(64)) + integer(UInt64(48)) + integer(UInt32(0))
            + integer(UInt64(0))
        var header = Array("GGUF".utf8) + integer(UInt32(3)) + integer(UInt64(1)) + integer(UInt64(keys.count))
        header += keys.flatMap(\.self) + tensor
        header += [UInt8](repeating: 0, count: (32 - header.count % 32) % 32)
        return header + [UInt8](repeating: 0, count: 64 * 48 * 4)
    }()

    private static func text(_ key: String, _ value: String) -> [UInt8] { string(key) + integer(UInt32(8)) + string(value) }

    private static func number(_ key: String, _ value: UInt32) -> [UInt8] { string(key) + integer(UInt32(4)) + integer(value) }

    private static func string(_ text: String) -> [UInt8] { integer(UInt64(text.utf8.count)) + Array(text.utf8) }

    private static func integer(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}
