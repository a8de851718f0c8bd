import Foundation
import Mullama

/// The file that a daemon in the background writes its log to.
struct DaemonLog {
    /// One that has grown beyond is put aside when the next daemon starts; one old file is kept.
    static let longest: UInt64 = 8 << 20

    let path: String

    /// Opens it for a new daemon's lines.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed``.
    func open() throws(MullamaError) -> Int32 {
        let folder = URL(filePath: self.path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if self.size > Self.longest { _ = rename(self.path, self.path + ".1") }
        let descriptor = Foundation.open(self.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw MullamaError(.ioFailed, "\(self.path) cannot be written: \(String(cString: strerror(code)))", underlying: Int(code))
        }
        return descriptor
    }

    /// Its last lines, from a place on.
    ///
    /// - Parameter offset: In bytes; where a daemon began.
    func tail(_ count: Int, from offset: UInt64 = 0) throws(MullamaError) -> (text: String, end: UInt64) {
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: self.path))
            defer { try? handle.close() }
            let end = try handle.seekToEnd()
            // Lines are not as long as that on average.
            let start = max(offset, end - min(end, UInt64(max(count, 0)) * 1024 + 65_536))
            try handle.seek(toOffset: min(start, end))
            let lines = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
            return (lines.suffix(count).map { $0 + "\n" }.joined(), end)
        } catch {
            throw MullamaError(.ioFailed, "there is no log at \(self.path): no daemon has been started in the background yet")
        }
    }

    /// What was written behind a place since. Starts anew if the file was put aside.
    func text(from offset: UInt64) -> (text: String, end: UInt64) {
        guard let handle = FileHandle(forReadingAtPath: self.path) else { return ("", 0) }
        defer { try? handle.close() }
        guard let end = try? handle.seekToEnd(), end != offset else { return ("", offset) }
        let start = end < offset ? 0 : offset
        guard (try? handle.seek(toOffset: start)) != nil, let data = try? handle.read(upToCount: 1 << 20) else { return ("", offset) }
        return (String(decoding: data, as: UTF8.self), start + UInt64(data.count))
    }

    var size: UInt64 {
        ((try? FileManager.default.attributesOfItem(atPath: self.path))?[.size] as? UInt64) ?? 0
    }
}
