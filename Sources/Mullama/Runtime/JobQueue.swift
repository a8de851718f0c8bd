import Foundation

/// The jobs of a runtime: any thread puts them in, and several threads block on it until there is one for them.
///
/// `Synchronization` has no condition variable, so this is an `NSCondition` around ``JobLanes``.
final class JobQueue: @unchecked Sendable {
    // Sendable by hand: all state is touched under `condition` only.
    private let condition = NSCondition()
    private var lanes = JobLanes<UnownedJob>()
    private var taken = 0
    private var isClosed = false

    /// How many jobs were handed to a thread, and how many wait.
    var counts: (run: Int, waiting: Int) {
        self.condition.withLock { (self.taken, self.lanes.count) }
    }

    /// - Returns: False if the queue was closed; then the job is not in it.
    func push(_ job: UnownedJob) -> Bool {
        self.condition.withLock {
            guard !self.isClosed else { return false }
            self.lanes.append(job, priority: job.priority.rawValue)
            self.condition.signal()
            return true
        }
    }

    /// The next job; blocks until there is one. Nil when the queue is closed and empty.
    func pop() -> UnownedJob? {
        self.condition.withLock {
            while self.lanes.count == 0, !self.isClosed { self.condition.wait() }
            guard let job = self.lanes.takeNext() else { return nil }
            self.taken += 1
            return job
        }
    }

    /// Takes nothing more in. What is in the queue already can still be read.
    func close() {
        self.condition.withLock {
            self.isClosed = true
            self.condition.broadcast()
        }
    }
}
