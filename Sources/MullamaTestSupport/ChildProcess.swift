package import Foundation
import Synchronization

/// A program in a process of its own.
///
/// Foundation's `Process` learns of an end through a run loop and a socket, and once in some dozens of runs of these tests never
/// did: the child stayed a zombie and its test hung. Here a thread waits for the one child that it has.
package final class ChildProcess: Sendable {
    package enum Ending: Sendable, Equatable {
        case status(Int32)
        case signal(Int32)
    }

    /// A program could not be started.
    package struct Failure: Error, CustomStringConvertible {
        package let program: String
        package let code: Int32

        package var description: String { "\(self.program) does not start: \(String(cString: strerror(self.code)))" }
    }

    private struct State {
        var ending: Ending?
        var waiters: [CheckedContinuation<Ending, Never>] = []
    }

    private let id: pid_t
    private let state = Mutex(State())

    /// Starts it. Of what is open here it inherits the three files, and what is not marked to be closed on exec.
    ///
    /// - Parameter environment: Nil for that of this process.
    package init(
        _ program: URL,
        _ arguments: [String],
        environment: [String: String]? = nil,
        input: FileHandle,
        output: FileHandle,
        errors: FileHandle
    ) throws {
        var actions: posix_spawn_file_actions_t = .init()
        var attributes: posix_spawnattr_t = .init()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, file) in [input, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file.fileDescriptor, Int32(target))
        }
        // A thread of a test may have signals blocked or ignored; a program that a user starts has not.
        var (none, all): (sigset_t, sigset_t) = (.init(), .init())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = environment ?? ProcessInfo.processInfo.environment
        let words = ([program.path] + arguments).map { strdup($0) }
        let settings = variables.map { strdup("\($0)=\($1)") }
        defer { for text in words + settings { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, program.path, &actions, &attributes, words + [nil], settings + [nil])
        guard code == 0 else { throw Failure(program: program.path, code: code) }
        self.id = id
        Thread.detachNewThread { self.wait() }
    }

    /// The program of this name that was built with the tests, beside their bundle.
    package static func built(_ name: String) -> URL? {
        let places = [Bundle.main] + Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
        return places.lazy
            .flatMap { [$0.executableURL, $0.bundleURL].compactMap { $0?.deletingLastPathComponent() } }
            .map { $0.appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// Waits for its end.
    package func ending() async -> Ending {
        await withCheckedContinuation { continuation in
            let ending = self.state.withLock { state in
                if state.ending == nil { state.waiters.append(continuation) }
                return state.ending
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        // Under the lock, and never after the end is noted: its number may be another's by then.
        self.state.withLock { if $0.ending == nil { _ = kill(self.id, number) } }
    }

    private func wait() {
        var information = siginfo_t()
        // It is left as a zombie here, so that its number stays its own until the end is noted.
        while waitid(P_PID, id_t(self.id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (ending, waiters) = self.state.withLock { state in
            var status: Int32 = 0
            while waitpid(self.id, &status, 0) < 0, errno == EINTR {}
            let ending: Ending = status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
            state.ending = ending
            defer { state.waiters = [] }
            return (ending, state.waiters)
        }
        for waiter in waiters { waiter.resume(returning: ending) }
    }
}
