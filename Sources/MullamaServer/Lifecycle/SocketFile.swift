import Foundation
import Mullama
import NIOCore
import NIOPosix

/// The file of a socket: made way for, closed to others, and removed.
///
/// A socket is made with the rights that the process gives to all of its files. So it is made in a folder that is its owner's alone, closed there,
/// and then moved to its place: nobody else can open it before, and whoever finds it finds somebody who listens.
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
    /// Where the socket is made.
    private(set) var bindPath: String
    /// Where it lies until it is published; nil if it is made in its place.
    private var folder: String?
    private var identity: Identity?

    init(_ path: String) {
        self.path = path
        self.bindPath = path
    }

    /// Makes way: removes what a server that was killed has left.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed`` if a server listens there, or something else is there.
    mutating func prepare() async throws {
        try await self.makeWay()
        try self.makeFolder()
    }

    private func makeWay() async throws {
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

    /// Makes the folder beside the place, where paths are long enough for that.
    private mutating func makeFolder() throws {
        guard self.path.utf8.count <= DaemonPaths.longestSocket else { return }
        var template = Array((URL(filePath: self.path).deletingLastPathComponent().path + "/.XXXXXX").utf8CString)
        // The rest is one character of a name, and the end of the text.
        guard template.count + 1 <= DaemonPaths.longestSocket else { return }
        guard mkdtemp(&template) != nil else { throw Self.failure("\(self.path) cannot be made") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.folder = folder
        self.bindPath = folder + "/s"
    }

    /// Closes the socket to other users, puts it in its place, and remembers which one it is.
    mutating func publish() throws {
        guard chmod(self.bindPath, 0o600) == 0, let status = Self.status(self.bindPath) else {
            throw Self.failure("\(self.path) cannot be closed to other users")
        }
        if self.bindPath != self.path, rename(self.bindPath, self.path) != 0 { throw Self.failure("\(self.path) cannot be made") }
        self.identity = Identity(status)
        self.clean()
    }

    /// Removes what it was made in.
    func clean() {
        guard let folder = self.folder else { return }
        unlink(self.bindPath)
        rmdir(folder)
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
