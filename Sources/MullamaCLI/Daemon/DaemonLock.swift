import Foundation
import Mullama
import Synchronization

/// The lock on a ``DaemonRecord``'s file, held from here to the end of the process unless it is given up.
final class DaemonLock: Sendable {
    private let file: Mutex<Int32?>

    private init(_ descriptor: Int32) {
        self.file = Mutex(descriptor)
    }

    /// Gives the lock up before the end of the process.
    func release() {
        if let descriptor = self.file.withLock({ $0.take() }) { close(descriptor) }
    }

    /// Takes the lock, and makes the file's folder, closed to others, if there is none.
    ///
    /// - Returns: Nil if another process has it.
    /// - Throws: ``MullamaError/Code/ioFailed``.
    static func take(_ path: String) throws(MullamaError) -> DaemonLock? {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        if mkdir(folder, 0o700) != 0, errno == ENOENT {
            try? FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        // Never removed: who waits for the lock of a file that is gone would get it beside another.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure("\(path) cannot be opened") }
        var lock = self.whole(F_WRLCK)
        if fcntl(descriptor, F_SETLK, &lock) == 0 { return DaemonLock(descriptor) }
        let code = errno
        close(descriptor)
        guard code == EACCES || code == EAGAIN else { throw self.failure("\(path) cannot be locked", code) }
        return nil
    }

    /// Who has the lock; nil if nobody has. Not to be asked by a process that has one: closing the file would give it up.
    static func holder(_ path: String) -> pid_t? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lock = self.whole(F_WRLCK)
        guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return lock.l_pid
    }

    /// Puts the record in the place of what the last one left. Does nothing once the lock is given up.
    func write(_ record: DaemonRecord) throws {
        let data = try record.data
        try self.file.withLock { file in
            guard let descriptor = file else { return }
            _ = ftruncate(descriptor, 0)
            let count = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
            guard count == data.count else { throw Self.failure("the daemon's record cannot be written") }
        }
    }

    private static func whole(_ type: Int32) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    private static func failure(_ what: String, _ code: Int32 = errno) -> MullamaError {
        MullamaError(.ioFailed, "\(what): \(String(cString: strerror(code)))", underlying: Int(code))
    }
}
