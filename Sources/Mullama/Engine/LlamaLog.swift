import CLlama
import Foundation
import Logging
import Synchronization

/// Receives llama.cpp's log messages: passes them to a logger if there is one, and keeps the errors of a call for its thrown error.
final class LlamaLog: Sendable {
    static let shared = LlamaLog()

    private struct State {
        var logger: Logger?
        /// Error messages of the calls that are under way, by thread.
        var captures: [UInt: [String]] = [:]
        /// Who follows what a call says, by thread.
        var listeners: [UInt: @Sendable (String) -> Void] = [:]
    }

    private let state = Mutex(State())

    func setLogger(_ logger: Logger?) {
        self.state.withLock { $0.logger = logger }
    }

    /// Runs a call into the C library and returns its result with what it said about errors.
    func capturingErrors<R>(_ body: () throws -> R) rethrows -> (result: R, errors: [String]) {
        let thread = Self.currentThread
        self.state.withLock { $0.captures[thread] = [] }
        do {
            let result = try body()
            return (result, self.state.withLock { $0.captures.removeValue(forKey: thread) } ?? [])
        } catch {
            self.state.withLock { $0.captures[thread] = nil }
            throw error
        }
    }

    /// Runs a call into the C library while `onMessage` hears all that it says on this thread.
    func listening<R>(_ onMessage: @escaping @Sendable (String) -> Void, to body: () -> R) -> R {
        let thread = Self.currentThread
        self.state.withLock { $0.listeners[thread] = onMessage }
        defer { self.state.withLock { $0.listeners[thread] = nil } }
        return body()
    }

    /// Says something of our own.
    func note(_ level: Logger.Level, _ message: @autoclosure () -> String, _ metadata: Logger.Metadata = [:]) {
        guard let logger = self.state.withLock({ $0.logger }), logger.logLevel <= level else { return }
        logger.log(level: level, "\(message())", metadata: metadata.merging(["source": "mullama"]) { $1 })
    }

    func receive(_ level: ggml_log_level, _ text: UnsafePointer<CChar>?) {
        guard let text else { return }
        let message = String(cString: text).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !message.isEmpty else { return }
        let thread = Self.currentThread
        let (logger, listener) = self.state.withLock { state in
            if level == GGML_LOG_LEVEL_ERROR { state.captures[thread]?.append(message) }
            return (state.logger, state.listeners[thread])
        }
        listener?(message)
        logger?.log(level: Self.level(level), "\(message)", metadata: ["source": "llama.cpp"])
    }

    /// What we have to say ourselves.
    func note(_ message: String) {
        let logger = self.state.withLock { $0.logger }
        logger?.notice("\(message)", metadata: ["source": "mullama"])
    }

    private static var currentThread: UInt { UInt(bitPattern: pthread_self().hashValue) }

    private static func level(_ level: ggml_log_level) -> Logger.Level {
        switch level {
        case GGML_LOG_LEVEL_ERROR: .error
        case GGML_LOG_LEVEL_WARN: .warning
        case GGML_LOG_LEVEL_INFO, GGML_LOG_LEVEL_CONT: .debug
        default: .trace
        }
    }
}
