import Synchronization

@testable import Mullama

/// Holds a stream until it is read or dropped.
final class StreamBox: Sendable {
    private let stream = Mutex<GenerationStream?>(nil)

    func put(_ stream: GenerationStream) {
        self.stream.withLock { $0 = stream }
    }

    func drop() {
        _ = self.take()
    }

    private func take() -> GenerationStream? {
        self.stream.withLock { $0.take() }
    }

    /// Reads the stream.
    ///
    /// - Parameters:
    ///   - isSlow: Whether the reader goes elsewhere after the first part.
    ///   - way: One that leaves early goes elsewhere, too, and then does not come back to the loop.
    /// - Returns: The whole text, or nil if the reader left.
    func read(isSlow: Bool, _ elsewhere: Gate, _ way: CancelWay) async throws -> String? {
        guard let stream = self.take() else { return nil }
        guard isSlow || way == .earlyBreak else { return try await stream.collect().text }
        var text = ""
        for try await chunk in stream {
            if text.isEmpty { await elsewhere.pass() }
            if way == .earlyBreak { return nil }
            text += chunk.text
        }
        return text
    }
}
