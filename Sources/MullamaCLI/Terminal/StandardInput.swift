import Foundation
import Mullama

/// Text from standard input or from a file.
enum StandardInput {
    /// More than any context holds; an endless input must not fill the memory.
    static let limit = 64 << 20

    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Reads to the end; blocks.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest`` if it cannot be read, is longer than ``limit`` or not UTF-8.
    static func text() throws(MullamaError) -> String {
        try self.text(of: STDIN_FILENO, called: "standard input")
    }

    static func text(ofFile path: String) throws(MullamaError) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw self.unreadable(path) }
        defer { close(descriptor) }
        return try self.text(of: descriptor, called: path)
    }

    static func decode(_ bytes: [UInt8], called name: String) throws(MullamaError) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let offset = UTF8Check.firstInvalidOffset(in: bytes) ?? 0
        let byte = bytes.indices.contains(offset) ? String(bytes[offset], radix: 16, uppercase: true) : "?"
        throw MullamaError(
            .invalidRequest,
            "\(name) is not UTF-8: the byte at offset \(offset) is 0x\(byte); convert it with iconv, or check the file"
        )
    }

    private static func text(of descriptor: Int32, called name: String) throws(MullamaError) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return try self.decode(bytes, called: name) }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw self.unreadable(name)
            }
            guard bytes.count <= self.limit else {
                throw MullamaError(
                    .invalidRequest,
                    "\(name) has more than \(ByteCount(self.limit)), which no context holds: give less text"
                )
            }
        }
    }

    static func unreadable(_ name: String) -> MullamaError {
        let number = errno
        return MullamaError(
            .invalidRequest,
            "\(name) cannot be read: \(String(cString: strerror(number)))",
            underlying: Int(number)
        )
    }
}
