import Foundation

/// Writes whole lines to a file, one after the other, on a thread of its own: who logs never waits for whoever reads.
final class LineOutput: Sendable {
    /// Bytes of lines that wait.
    static let usualLimit = 1 << 20
    static let standardError = LineOutput(STDERR_FILENO)

    private let writer: LineWriter

    init(_ file: Int32, limit: Int = LineOutput.usualLimit) {
        self.writer = LineWriter(file, limit: limit)
    }

    deinit {
        self.writer.end()
    }

    /// What cannot be written is lost: there is nowhere to say so. What there is no room for, since nobody reads, is counted, and told when
    /// somebody reads again.
    func write(_ line: String, _ format: LogFormat = .text) {
        self.writer.write(line, format)
    }

    /// From now on the file, if it is the one at the path, is put aside as `PATH.1` whenever it has grown beyond a size.
    func rotate(_ path: String, beyond size: Int) {
        self.writer.rotate(LogRotation(path: path, size: size))
    }

    /// Waits until all that was written so far is in the file, but not for ever. Blocks its thread.
    ///
    /// - Returns: Whether it is.
    @discardableResult
    func flush(within limit: Duration) -> Bool {
        self.writer.flush(within: limit)
    }
}
