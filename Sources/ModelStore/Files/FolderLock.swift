package import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Keeps processes apart that change the same folder.
package enum FolderLock {
    /// Runs `body` while no one else runs one for the same folder, which must exist. The system frees the lock when a process dies.
    package static func hold<R>(_ folder: URL, _ body: () throws(ModelStoreError) -> R) throws(ModelStoreError) -> R {
        let path = folder.appending(path: ".lock", directoryHint: .notDirectory).path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError.failure("open", path) }
        defer { close(descriptor) }
        try wait(for: descriptor, path)
        return try body()
    }

    private static func wait(for descriptor: Int32, _ path: String) throws(ModelStoreError) {
        while flock(descriptor, LOCK_EX) != 0 {
            switch SystemError.last {
            case EINTR: continue
            // A file system without locks: every single step is atomic there too, only two changes at once are not kept apart.
            case ENOLCK, ENOTSUP, EOPNOTSUPP, ENOSYS: return
            default: throw SystemError.failure("lock", path)
            }
        }
    }
}
