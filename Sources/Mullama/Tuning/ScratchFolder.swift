import Foundation
import ModelStore

/// A folder in the user's cache for files that are used and thrown away.
final class ScratchFolder: Sendable {
    private static let prefix = "scratch-"
    private static let patience: TimeInterval = 86_400

    let url: URL

    /// - Parameter parent: Where it is made; what a process left there that was ended by force is removed after a day.
    /// - Throws: ``MullamaError/Code/ioFailed``.
    init(in parent: URL) throws(MullamaError) {
        self.url = parent.appending(path: Self.prefix + UUID().uuidString.lowercased(), directoryHint: .isDirectory)
        Self.sweep(parent)
        do {
            try Folder.create(self.url)
        } catch {
            throw MullamaError(error)
        }
    }

    deinit {
        self.remove()
    }

    /// Removes the folder with all that is in it, also while it is written to: what is written then is gone once the file is closed, and
    /// nothing new can be made in it.
    func remove() {
        try? FileManager.default.removeItem(at: self.url)
    }

    /// - Throws: ``MullamaError/Code/ioFailed`` with the numbers if the disk has less left.
    func require(_ bytes: Int, for what: String) throws(MullamaError) {
        guard let free = Folder.freeBytes(self.url), free < bytes else { return }
        throw MullamaError(
            .ioFailed,
            "\(what) needs up to \(ByteCount(bytes)) in \(self.url.deletingLastPathComponent().path), and \(ByteCount(free)) are free: free some "
                + "space, or set XDG_CACHE_HOME to a folder on a larger disk"
        )
    }

    private static func sweep(_ parent: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        for name in names where name.hasPrefix(self.prefix) {
            let url = parent.appending(path: name)
            let changed = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.modificationDate] as? Date
            if let changed, Date().timeIntervalSince(changed) > self.patience { try? FileManager.default.removeItem(at: url) }
        }
    }
}
