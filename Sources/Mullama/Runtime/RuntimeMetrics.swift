/// A runtime at one moment, and what has happened since it was made.
public struct RuntimeMetrics: Sendable, Hashable {
    /// Threads that run jobs. None once the runtime was shut down.
    public var workerThreads: Int
    /// Tasks that were started by ``MullamaRuntime/spawn(name:priority:_:)`` and ``MullamaRuntime/blockOn(_:)``: those that run, and those that
    /// have completed, failed or were cancelled. Refused ones are not counted.
    public var tasksStarted: Int
    /// Tasks that have not ended yet.
    public var tasksRunning: Int
    /// Tasks that returned.
    public var tasksCompleted: Int
    /// Tasks that threw any other error than `CancellationError`.
    public var tasksFailed: Int
    /// Tasks that threw `CancellationError`.
    public var tasksCancelled: Int
    /// Pieces of tasks, from one suspension to the next, that a thread of the runtime has taken up; also of tasks that were not started by it
    /// and run on it by preference.
    public var jobsRun: Int
    /// Pieces of tasks that could run and wait for a thread.
    public var jobsWaiting: Int
    /// Generations that were called for on a thread of the runtime or in one of its tasks, of all models.
    public var generations: GenerationMetrics
}
