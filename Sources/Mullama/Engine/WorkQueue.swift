import Foundation

/// A first-in, first-out queue whose reader blocks while it is empty.
///
/// `Synchronization` has no condition variable, so this is an `NSCondition` around an array.
final class WorkQueue<Element: Sendable>: @unchecked Sendable {
    // Sendable by hand: `incoming` is only touched under `condition`, `batch` only by the one thread that reads.
    private let condition = NSCondition()
    private var incoming: [Element] = []
    private var batch: [Element] = []
    private var isClosed = false

    /// Takes nothing more in. What is in the queue already can still be read.
    func close() {
        self.condition.lock()
        self.isClosed = true
        self.condition.signal()
        self.condition.unlock()
    }

    /// - Returns: False if the queue was closed; then the element is not in it.
    @discardableResult
    func push(_ element: Element) -> Bool {
        self.condition.lock()
        defer { self.condition.unlock() }
        guard !self.isClosed else { return false }
        self.incoming.append(element)
        self.condition.signal()
        return true
    }

    /// The next element; blocks until there is one. Nil when the queue is closed and empty. For one reader only.
    func pop() -> Element? {
        if self.batch.isEmpty {
            self.condition.lock()
            while self.incoming.isEmpty, !self.isClosed { self.condition.wait() }
            swap(&self.batch, &self.incoming)
            self.condition.unlock()
            self.batch.reverse()
        }
        return self.batch.popLast()
    }
}
