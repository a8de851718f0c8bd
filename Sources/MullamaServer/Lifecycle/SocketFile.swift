import Foundation
import Mullama
import NIOCore
import NIOPosix

/// The file of a socket: made way for, closed to others, and removed.
struct SocketFile: Sendable {
    private struct Identity: Equatable {
        var device: UInt64
        var inode: UInt64

        init(_ status: stat) {
            self.device = UInt64(truncatingIfNeeded: status.st_dev)
            self.inode = UInt64(status.st_ino)
        }
    }

    let path: String
    private var identity: Identity?

    init(_ path: String) {
        self.path = path
    }

    /// Makes way: removes what a server that was killed has left.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed`` if a server listens there, or something else is there.
    func prepare() async throws {
        guard let status = Self.status(self.path) else {
            let folder = URL(filePath: self.path).deletingLastPathComponent().path
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                throw MullamaError(
                    .ioFailed,
                    "\(self.path) cannot be made, since there is no folder \(folder): make it, or choose another path",
                    underlying: Int(ENOENT)
                )
            }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw MullamaError(
                .ioFailed,
                "there is a file at \(self.path) that is no socket: remove it, or choose another path for the socket",
                underlying: Int(EEXIST)
            )
        }
        if await Self.isLive(self.path) {
            throw MullamaError(
                .ioFailed,
                "another server listens at \(self.path): stop it, or choose another path for the socket",
                underlying: Int(EADDRINUSE)
            )
        }
        guard unlink(self.path) == 0 || errno == ENOENT else { throw Self.failure("\(self.path) cannot be removed") }
    }

    /// Closes the file to other users, and remembers which one it is.
    mutating func secure() throws {
        guard chmod(self.path, 0o600) == 0, let status = Self.status(self.path) else {
            throw Self.failure("\(self.path) cannot be closed to other users")
        }
        self.identity = Identity(status)
    }

    /// Removes the file, unless another server's has taken its place.
    func remove() {
        guard let status = Self.status(self.path), Identity(status) == self.identity else { return }
        unlink(self.path)
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private static func failure(_ what: String) -> MullamaError {
        let code = errno
        return MullamaError(.ioFailed, "\(what): \(String(cString: strerror(code)))", underlying: Int(code))
    }

    private static func isLive(_ path: String) async -> Bool {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        guard let channel = try? await bootstrap.connect(unixDomainSocketPath: path).get() else { return false }
        try? await channel.close()
        return true
    }
}
