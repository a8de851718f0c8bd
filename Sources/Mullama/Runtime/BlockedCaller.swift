import Foundation
import Synchronization

/// A thread that waits for a result, and what it may do meanwhile.
///
/// The main thread runs its run loop: the main actor, the main queue, timers and sources of the program are served as before. Any other thread
/// blocks.
final class BlockedCaller<R: Sendable>: Sendable {
    private let result = Mutex<R?>(nil)
    private let isMain = Thread.isMainThread
    private let semaphore = DispatchSemaphore(value: 0)

    func resume(returning result: R) {
        self.result.withLock { $0 = result }
        if self.isMain {
            // The run loop returns after each turn of the main queue, and looks for the result.
            DispatchQueue.main.async {}
        } else {
            self.semaphore.signal()
        }
    }

    /// For the thread that made this, once.
    @available(*, noasync)
    func wait() -> R {
        while true {
            if let result = self.result.withLock({ $0 }) { return result }
            if self.isMain {
                // Not for ever: if a timer of the program runs the loop in its turn, it may take the turn of the queue that was meant for this.
                _ = RunLoop.current.run(mode: .default, before: Date(timeIntervalSinceNow: 1))
            } else {
                self.semaphore.wait()
            }
        }
    }
}
