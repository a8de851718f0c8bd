import Synchronization

/// Waits until a number of answers have so many parts.
final class Milestone: Sendable {
    private struct State {
        var reached = 0
        var waiters: [(answers: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let parts: Int
    private let state = Mutex(State())

    init(_ parts: Int) {
        self.parts = parts
    }

    /// An answer has got so many parts.
    func count(_ parts: Int) {
        guard parts == self.parts else { return }
        let due = self.state.withLock { state in
            state.reached += 1
            let due = state.waiters.filter { $0.answers <= state.reached }
            state.waiters.removeAll { $0.answers <= state.reached }
            return due
        }
        for waiter in due { waiter.continuation.resume() }
    }

    /// Lets everybody go on who waits or will: an answer has failed.
    func giveUp() {
        let waiters = self.state.withLock { state in
            state.reached = .max / 2
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    func wait(for answers: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = self.state.withLock { state in
                guard state.reached < answers else { return true }
                state.waiters.append((answers, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}
