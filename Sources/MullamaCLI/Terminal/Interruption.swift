import Foundation
import Synchronization

/// Ctrl+C and `kill`: the first one asks the command to end in order, a second one ends the process at once, as does the first when no
/// command listens.
///
/// A thread waits for the signals; nothing runs in a signal handler, where hardly anything may.
final class Interruption: Sendable {
    static let shared = Interruption()

    /// Readable from the first signal on, for those who wait in `poll`.
    let descriptor: Int32
    private let bell: Int32
    private let state = Mutex(InterruptionState())

    init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe only writes to a reader that stands still could not be interrupted; `poll` ignores -1.
        _ = pipe(&ends)
        self.descriptor = ends[0]
        self.bell = ends[1]
    }

    /// Takes over SIGINT and SIGTERM. To be called before the process has threads: they inherit that the signals are not for them.
    ///
    /// Also where they are ignored, as shells do for jobs in the background: who signals this process by its id means it.
    func watch() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            Foundation.signal(number, SIG_DFL)
            sigaddset(&signals, number)
        }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread { [signals] in
            var signals = signals
            while true {
                var number: Int32 = 0
                guard sigwait(&signals, &number) == 0 else { continue }
                self.receive(number)
            }
        }
    }

    /// The first signal that came; nil if none did.
    var signal: Int32? { self.state.withLock { $0.signal } }

    var hasCome: Bool { self.signal != nil }

    /// Runs a command that looks for itself whether a signal has come.
    func polled<R>(_ body: () throws -> R) rethrows -> R {
        self.state.withLock { $0.listen {} }
        defer { self.state.withLock { $0.listen(nil) } }
        return try body()
    }

    /// Runs an asynchronous command in a task that the first signal cancels, and waits for its end; also cancelled when the reader of
    /// standard output goes away, since nobody is left to compute for.
    func run(_ body: @escaping @Sendable () async throws -> Void) throws {
        try self.run(body) { task in
            self.state.withLock { $0.listen { task.cancel() } }
            ReaderWatch.start(Output.standard.descriptor) { task.cancel() }
        }
    }

    /// Runs a server: the first signal has `end` called, and the server takes its time; a second one ends the process at once.
    func serve(_ end: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async throws -> Void) throws {
        try self.run(body) { _ in self.state.withLock { $0.listen(end) } }
    }

    private func run(_ body: @escaping @Sendable () async throws -> Void, _ listen: (Task<Void, Never>) -> Void) throws {
        let outcome = Outcome()
        let done = DispatchSemaphore(value: 0)
        let task = Task {
            do { try await body() } catch { outcome.error = error }
            done.signal()
        }
        listen(task)
        done.wait()
        self.state.withLock { $0.listen(nil) }
        if let error = outcome.error { throw error }
    }

    /// Runs a part of a command that Ctrl+C stops, and the command goes on.
    func stopping<R>(_ stop: @escaping @Sendable () -> Void, _ body: () async throws -> R) async rethrows -> R {
        self.state.withLock { $0.stop(stop) }
        defer { self.state.withLock { $0.stop(nil) } }
        return try await body()
    }

    private final class Outcome: Sendable {
        private let state = Mutex<(any Error)?>(nil)

        var error: (any Error)? {
            get { self.state.withLock { $0 } }
            set { self.state.withLock { $0 = newValue } }
        }
    }

    private func receive(_ number: Int32) {
        switch self.state.withLock({ $0.receive(number) }) {
        case .stop(let handler):
            handler()
        case .exit(let status):
            TerminalMode.restore()
            _exit(status.rawValue)
        case .call(let handler):
            _ = Foundation.write(self.bell, "!", 1)
            handler()
        }
    }
}
