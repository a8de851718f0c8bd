import Foundation

/// Values as JSON, with their fields in alphabetical order.
enum JSONText {
    /// One line, with its newline.
    static func line(_ value: some Encodable) throws -> String {
        try self.text(value, [])
    }

    /// Indented, with its newline.
    static func document(_ value: some Encodable) throws -> String {
        try self.text(value, .prettyPrinted)
    }

    private static func text(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
