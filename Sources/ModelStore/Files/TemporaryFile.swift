package import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A new file that becomes visible under its final name only when it is whole, and is removed when that does not happen.
package struct TemporaryFile: ~Copyable {
    private static let prefix = ".incoming-"

    private let descriptor: Int32
    private let folder: URL
    private let url: URL
    private var isCommitted = false

    /// Creates the file in `folder`, which must be the folder of the final name: only there a rename is atomic.
    package init(in folder: URL) throws(ModelStoreError) {
        self.folder = folder
        url = folder.appending(path: Self.prefix + UUID().uuidString.lowercased(), directoryHint: .notDirectory)
        descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            // Nothing was created, so there is nothing for deinit to remove.
            isCommitted = true
            throw SystemError.failure("create a file in", folder.path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isCommitted { unlink(url.path) }
    }

    /// Appends all of `bytes`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(ModelStoreError) {
        #if canImport(Darwin)
        let put = Darwin.write
        #elseif canImport(Musl)
        let put = Musl.write
        #else
        let put = Glibc.write
        #endif
        var done = 0
        while done < bytes.count {
            let count = put(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0 {
                if SystemError.last == EINTR { continue }
                throw SystemError.failure("write to", url.path)
            }
            done += count
        }
    }

    /// Puts the content on the disk and gives the file its final name, replacing what had it.
    package mutating func commit(to target: URL) throws(ModelStoreError) {
        guard fsync(descriptor) == 0 else { throw SystemError.failure("write to", url.path) }
        guard rename(url.path, target.path) == 0 else { throw SystemError.failure("create", target.path) }
        isCommitted = true
        try Self.synchronize(folder)
    }

    /// Removes temporaries of `folder` that an interrupted process left behind more than `age` seconds ago.
    package static func sweep(_ folder: URL, olderThan age: TimeInterval = 86_400, now: Date = Date()) {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for entry in entries where entry.hasPrefix(prefix) {
            let path = folder.appending(path: entry, directoryHint: .notDirectory).path
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Darwin)
            let changed = status.st_mtimespec.tv_sec
            #else
            let changed = status.st_mtim.tv_sec
            #endif
            if now.timeIntervalSince1970 - TimeInterval(changed) > age { unlink(path) }
        }
    }

    /// A rename survives a loss of power only when the folder itself is on the disk.
    private static func synchronize(_ folder: URL) throws(ModelStoreError) {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.failure("open", folder.path) }
        defer { close(descriptor) }
        // Some file systems cannot synchronize a folder and say EINVAL; their renames are as durable as they get.
        if fsync(descriptor) != 0, SystemError.last != EINVAL {
            throw SystemError.failure("write to", folder.path)
        }
    }
}
