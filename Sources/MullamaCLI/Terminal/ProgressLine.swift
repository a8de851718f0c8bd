import Mullama
import Synchronization

/// A progress bar on standard error, for work that takes noticeably long, gone when the work is done. Shows nothing where that is no terminal.
final class ProgressLine: Sendable {
    private struct State {
        var shown: ProgressBar?
        var isOver = false
    }

    private static let patience = Duration.milliseconds(500)

    private let label: String
    private let output: Output
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init(_ label: String, on output: Output = .error) {
        self.label = label
        self.output = output
    }

    /// - Parameter fraction: 0 to 1.
    func show(_ fraction: Double) {
        guard self.output.isTerminal, ContinuousClock.now - self.start > Self.patience else { return }
        let bar = ProgressBar(label: TerminalFilter.oneLine(self.label), fraction: fraction)
        // Drawn under the lock, so that no late report draws over what was erased.
        self.state.withLock { state in
            guard state.shown != bar, !state.isOver else { return }
            state.shown = bar
            self.output.control("\r\(bar.text)")
        }
    }

    func erase() {
        self.state.withLock { state in
            state.isOver = true
            guard state.shown.take() != nil else { return }
            self.output.control("\r\u{1B}[K")
        }
    }
}
