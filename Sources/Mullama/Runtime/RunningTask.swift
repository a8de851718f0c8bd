/// A task whatever its result.
protocol RunningTask: Sendable {
    var isCancelled: Bool { get }
    func cancel()
}

extension Task: RunningTask {}
