import Foundation

/// Keeps a log from growing for ever: one that has is put aside, and one old file is kept.
struct LogRotation: Sendable, Hashable {
    let path: String
    /// In bytes.
    let size: Int

    /// - Parameter file: What is written to. Nothing happens unless it is the file at the path: who runs the server may have sent its lines elsewhere.
    func rotate(_ file: Int32) {
        var (open, named) = (stat(), stat())
        guard fstat(file, &open) == 0, open.st_mode & S_IFMT == S_IFREG, Int(open.st_size) > self.size else { return }
        guard stat(self.path, &named) == 0, named.st_ino == open.st_ino, named.st_dev == open.st_dev else { return }
        guard rename(self.path, self.path + ".1") == 0 else { return }
        let new = Foundation.open(self.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        // It goes on in the old file then, and tries no more: that one is not at the path any more.
        guard new >= 0 else { return }
        dup2(new, file)
        close(new)
    }
}
