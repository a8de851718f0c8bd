import Foundation
import Mullama

/// The lines of standard input, each as soon as it is there.
struct InputLines {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    /// Where the next line starts, and up to where there is no newline.
    private var start = 0
    private var searched = 0
    private var isAtEnd = false

    init(_ descriptor: Int32 = STDIN_FILENO) {
        self.descriptor = descriptor
    }

    /// The next line without its newline; blocks until it is there. Nil at the end.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest`` if standard input cannot be read, or a line is longer than ``StandardInput/limit``.
    mutating func next() throws(MullamaError) -> [UInt8]? {
        while true {
            if let end = self.bytes[self.searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { (self.start, self.searched) = (end + 1, end + 1) }
                return Array(self.bytes[self.start..<end])
            }
            self.searched = self.bytes.count
            guard !self.isAtEnd else {
                defer { self.start = self.bytes.count }
                return self.start < self.bytes.count ? Array(self.bytes[self.start...]) : nil
            }
            try self.read()
        }
    }

    private mutating func read() throws(MullamaError) {
        self.bytes.removeSubrange(..<self.start)
        (self.start, self.searched) = (0, self.bytes.count)
        guard self.bytes.count <= StandardInput.limit else {
            throw MullamaError(.invalidRequest, "a line of standard input has more than \(ByteCount(StandardInput.limit)): give less text")
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = Foundation.read(self.descriptor, &buffer, buffer.count)
        if count < 0 {
            guard errno == EINTR else { throw StandardInput.unreadable("standard input") }
        } else if count == 0 {
            self.isAtEnd = true
        } else {
            self.bytes += buffer[..<count]
        }
    }
}
