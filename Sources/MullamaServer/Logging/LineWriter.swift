import Foundation
import Synchronization

/// The thread behind a ``LineOutput``, and what it shares with those who write.
final class LineWriter: Sendable {
    private struct State {
        var queue: LineQueue
        var rotation: LogRotation?
        var hasThread = false
        var isWriting = false
        var isOver = false
        /// Those who wait until all is written.
        var waiters: [DispatchSemaphore] = []
    }

    private let file: Int32
    private let state: Mutex<State>
    /// Rung when there is something to do.
    private let bell = DispatchSemaphore(value: 0)

    init(_ file: Int32, limit: Int) {
        self.file = file
        self.state = Mutex(State(queue: LineQueue(limit: limit)))
    }

    func write(_ line: String, _ format: LogFormat) {
        let (isNews, needsThread) = self.state.withLock { state in
            let isNews = state.queue.append(line, format)
            defer { state.hasThread = true }
            return (isNews, !state.hasThread)
        }
        if needsThread { Thread.detachNewThread { self.run() } }
        if isNews { self.bell.signal() }
    }

    func rotate(_ rotation: LogRotation) {
        self.state.withLock { $0.rotation = rotation }
    }

    /// The thread ends when all is written.
    func end() {
        self.state.withLock { $0.isOver = true }
        self.bell.signal()
    }

    func flush(within limit: Duration) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let isDone = self.state.withLock { state in
            guard state.isWriting || !state.queue.isEmpty else { return true }
            state.waiters.append(done)
            return false
        }
        return isDone || done.wait(timeout: .now() + .nanoseconds(Int(limit / .nanoseconds(1)))) == .success
    }

    // MARK: The thread

    private func run() {
        while true {
            self.bell.wait()
            while let (batch, rotation) = self.next() {
                rotation?.rotate(self.file)
                for line in batch.lines { self.write(line) }
                if batch.lost > 0 { self.write(LineLogHandler.lostLine(batch.lost, batch.format)) }
            }
            if self.state.withLock({ $0.isOver }) { return }
        }
    }

    /// All that waits; nil if nothing does, and then those who wait for that are told.
    private func next() -> (batch: (lines: [String], lost: Int, format: LogFormat), rotation: LogRotation?)? {
        let (work, waiters) = self.state.withLock {
            state -> (((lines: [String], lost: Int, format: LogFormat), LogRotation?)?, [DispatchSemaphore]) in
            state.isWriting = !state.queue.isEmpty
            guard state.isWriting else {
                defer { state.waiters = [] }
                return (nil, state.waiters)
            }
            return ((state.queue.take(), state.rotation), [])
        }
        for waiter in waiters { waiter.signal() }
        return work.map { (batch: $0.0, rotation: $0.1) }
    }

    private func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(self.file, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    // Somebody else has made it one that does not wait.
                    var file = pollfd(fd: self.file, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&file, 1, -1)
                    continue
                }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
