import Foundation
import ModelStore
import Synchronization

/// The facts of files whose headers were read before: a listing of many models then reads none of them again.
final class ModelFactsCache: Sendable {
    private struct Entry {
        var size: Int
        var modified: Date?
        var facts: ModelFacts
    }

    private let entries = Mutex<[String: Entry]>([:])

    init() {}

    /// Nil for a file without a readable header.
    func facts(of url: URL, size: Int, modified: Date?) -> ModelFacts? {
        let path = url.path
        let known = self.entries.withLock { entries in
            entries[path].flatMap { $0.size == size && $0.modified == modified ? $0.facts : nil }
        }
        if let known { return known }
        guard let header = try? GGUFHeader(contentsOf: url) else { return nil }
        let facts = ModelFacts(header)
        self.entries.withLock { $0[path] = Entry(size: size, modified: modified, facts: facts) }
        return facts
    }
}
