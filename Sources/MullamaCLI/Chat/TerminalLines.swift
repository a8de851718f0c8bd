import Foundation
import Synchronization

/// A ``LineReader`` on a thread of its own: a person who thinks holds up no thread that others need.
final class TerminalLines: Sendable {
    private let queue = DispatchQueue(label: "mullama-lines")
    private let reader = Mutex(LineReader())

    /// - Throws: ``OutputError``.
    func line(prompt: String, history: [String]) async throws -> LineReader.Result {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(with: Result { try self.reader.withLock { try $0.line(prompt: prompt, history: history) } })
            }
        }
    }
}
