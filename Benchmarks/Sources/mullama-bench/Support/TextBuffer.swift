import Synchronization

/// A text that several threads may add to.
final class TextBuffer: Sendable {
    private let text = Mutex("")

    var value: String { self.text.withLock { $0 } }

    func append(_ part: String) { self.text.withLock { $0 += part } }
}
