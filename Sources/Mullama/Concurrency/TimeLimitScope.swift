import Synchronization

/// The inside of a ``withTimeout(_:clock:_:)``: a generation that is cancelled in it leaves its text here, for the error.
final class TimeLimitScope: Sendable {
    /// The innermost scope around the task.
    @TaskLocal static var current: TimeLimitScope?

    private let texts = Mutex<[String]>([])
    /// Nobody knows, when a text comes, which of the limits around it is the one that is over.
    private let outer: TimeLimitScope?

    init(outer: TimeLimitScope?) {
        self.outer = outer
    }

    func keep(_ text: String) {
        self.texts.withLock { $0.append(text) }
        self.outer?.keep(text)
    }

    /// The text of the one generation that was cut off; nil if there was no text, and if there were several generations.
    var text: String? {
        self.texts.withLock { $0.count == 1 && $0 != [""] ? $0.first : nil }
    }
}
