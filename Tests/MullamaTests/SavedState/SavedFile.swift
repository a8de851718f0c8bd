import Foundation

/// A place for a file that is gone after the test.
final class SavedFile: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "mullama-\(UUID()).state")

    deinit {
        try? FileManager.default.removeItem(at: self.url)
    }

    var data: Data {
        get throws { try Data(contentsOf: self.url) }
    }

    func write(_ data: Data) throws {
        try data.write(to: self.url)
    }
}
