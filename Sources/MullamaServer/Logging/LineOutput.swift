import Foundation
import Synchronization

/// Writes whole lines to a file, one after the other.
final class LineOutput: Sendable {
    static let standardError = LineOutput(STDERR_FILENO)

    /// The lock is what keeps lines apart; the file is nobody's alone.
    private let file: Mutex<Int32>

    init(_ file: Int32) {
        self.file = Mutex(file)
    }

    /// What cannot be written is lost: there is nowhere to say so.
    func write(_ line: String) {
        var line = line
        self.file.withLock { file in
            line.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let count = Foundation.write(file, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                }
            }
        }
    }
}
