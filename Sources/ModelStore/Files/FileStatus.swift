package import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the file system says about a path, links followed.
package struct FileStatus {
    private let status: stat

    /// Asks the file system; nil when there is nothing at that path.
    package init?(_ url: URL) {
        var status = stat()
        guard !url.path.utf8.contains(0), stat(url.path, &status) == 0 else { return nil }
        self.status = status
    }

    /// The size in bytes; nil for anything but a regular file.
    package var regularSize: Int? {
        status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    /// Whether it is a folder.
    package var isFolder: Bool {
        status.st_mode & S_IFMT == S_IFDIR
    }
}
