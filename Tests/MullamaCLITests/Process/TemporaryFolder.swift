import Foundation

/// A folder that lives as long as a test.
struct TemporaryFolder: ~Copyable {
    static var system: URL { FileManager.default.temporaryDirectory }

    let url: URL

    init() throws {
        self.url = Self.system.appending(path: "mullama-cli-\(UUID())", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: self.url)
    }

    /// Writes a file and returns its path.
    func file(_ name: String, _ content: some Sequence<UInt8>) throws -> String {
        let url = self.url.appending(path: name)
        try Data(content).write(to: url)
        return url.path
    }
}
