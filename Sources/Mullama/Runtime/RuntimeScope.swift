/// The inside of a task of a runtime, for what is called in it.
final class RuntimeScope: Sendable {
    @TaskLocal static var current: RuntimeScope?

    let id: UInt64
    /// The tasks of the same runtime that the task was started in, and itself: those before it may be waiting for it.
    let lineage: [UInt64]
    private let findRuntime: @Sendable () -> MullamaRuntime?

    init(_ runtime: MullamaRuntime, id: UInt64, startedIn callers: [UInt64]) {
        self.id = id
        self.lineage = callers + [id]
        // What a task starts inherits its scope, and may go on long after it: it must not keep the runtime alive.
        self.findRuntime = { [weak runtime] in runtime }
    }

    var runtime: MullamaRuntime? { self.findRuntime() }
}
