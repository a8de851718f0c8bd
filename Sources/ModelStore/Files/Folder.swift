package import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Folders, with the operating system's own reason where something fails.
package enum Folder {
    /// Creates a folder and all above it that are missing.
    package static func create(_ folder: URL) throws(ModelStoreError) {
        let path = folder.path
        guard mkdir(path, 0o755) != 0 else { return }
        let number = SystemError.last
        let parent = folder.deletingLastPathComponent()
        switch number {
        case EEXIST where FileStatus(folder)?.isFolder == true:
            return
        case ENOENT where parent.path != path:
            try create(parent)
            guard mkdir(path, 0o755) != 0 else { return }
            // Another process may have been faster.
            guard SystemError.last != EEXIST else { return }
            throw SystemError.failure("create the folder", path)
        default:
            throw SystemError.failure("create the folder", path, number)
        }
    }

    /// The names of all that is in a folder, in no order.
    package static func entries(of folder: URL) throws(ModelStoreError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw SystemError.failure("list", folder.path, reason(folder))
        }
    }

    /// The bytes that the folder's disk has left for this user; nil when the system does not say.
    package static func freeBytes(_ folder: URL) -> Int? {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
        return overflow ? nil : bytes
    }

    /// Foundation's error does not say it on every platform.
    private static func reason(_ folder: URL) -> Int32 {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return SystemError.last }
        close(descriptor)
        return EIO
    }
}
