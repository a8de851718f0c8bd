/// A task that runs on a ``MullamaRuntime``, as it was when it was asked for.
public struct RuntimeTask: Sendable, Identifiable {
    /// Counts the tasks of the runtime from 1, in the order in which they were started.
    public let id: UInt64
    /// What it was named when it was started. A ``MullamaRuntime/blockOn(_:)`` is named `blockOn`.
    public let name: String?
    /// The priority with which it was started.
    public let priority: TaskPriority
    /// The time since its start.
    public let age: Duration
    /// Whether it was cancelled, and runs on until it takes notice.
    public let isCancelled: Bool
}
