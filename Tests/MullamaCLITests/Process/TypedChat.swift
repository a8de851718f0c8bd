import Foundation
import MullamaTestSupport
import Synchronization
import Testing

/// The built `mullama` with a person at its terminal, ended by force when it takes too long.
final class TypedChat: Sendable {
    fileprivate struct State {
        var shown = ""
        var isOver = false
        var waiter: (text: String, continuation: CheckedContinuation<Bool, Never>)?
    }

    private static let limit: DispatchTimeInterval = .seconds(120)

    private let terminal: PseudoTerminal
    private let process: ChildProcess
    private let state = Mutex(State())
    /// How the terminal was before.
    private let found: [UInt8]

    /// - Parameter environment: Added to that of the tests.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let executable: URL = try #require(ChildProcess.built("mullama"), "mullama is not built")
        guard let terminal = PseudoTerminal() else { throw POSIXError(.ENODEV) }
        // The program must not hold the screen's end: it would never see that it has gone.
        _ = fcntl(terminal.screen, F_SETFD, FD_CLOEXEC)
        self.found = Self.settings(terminal.terminal)
        let handle = FileHandle(fileDescriptor: terminal.terminal, closeOnDealloc: false)
        self.process = try ChildProcess(
            executable,
            arguments,
            environment: ProcessInfo.processInfo.environment.merging(MullamaProcess.isolation) { $1 }.merging(environment) { $1 },
            input: handle,
            output: handle,
            errors: handle
        )
        self.terminal = terminal
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.limit) { [process] in process.signal(SIGKILL) }
        let screen = self.terminal.screen
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(screen, &buffer, buffer.count)
                guard count > 0, let self else { return }
                self.show(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
    }

    /// Whether the terminal is as it was before.
    var isRestored: Bool { Self.settings(self.terminal.terminal) == self.found }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(self.terminal.screen, bytes, bytes.count)
    }

    func signal(_ number: Int32) { self.process.signal(number) }

    /// Waits until the screen has shown a text since the last one that was waited for.
    func see(_ text: String) async throws {
        let isThere = await withCheckedContinuation { continuation in
            let found = self.state.withLock { state -> Bool? in
                if state.take(text) { return true }
                guard !state.isOver else { return false }
                state.waiter = (text, continuation)
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
        try #require(isThere, "it ended without \(text): \(self.state.withLock { $0.shown })")
    }

    /// Waits for the program's end.
    func ending() async -> ChildProcess.Ending {
        let ending = await self.process.ending()
        self.state.withLock { state in
            state.isOver = true
            return state.waiter.take()
        }?.continuation.resume(returning: false)
        return ending
    }

    private func show(_ text: String) {
        let woken = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.shown += text
            guard let waiter = state.waiter, state.take(waiter.text) else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        woken?.resume(returning: true)
    }

    private static func settings(_ descriptor: Int32) -> [UInt8] {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return [] }
        return withUnsafeBytes(of: settings) { Array($0) }
    }
}

extension TypedChat.State {
    /// Forgets what was shown up to the end of a text; nothing if it was not.
    fileprivate mutating func take(_ text: String) -> Bool {
        guard let range = self.shown.firstRange(of: text) else { return false }
        self.shown.removeSubrange(..<range.upperBound)
        return true
    }
}
