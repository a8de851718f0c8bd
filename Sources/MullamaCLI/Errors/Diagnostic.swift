import ArgumentParser
import Foundation
import ModelStore
import Mullama

/// What is said about an error on standard error, and the status that the process ends with.
struct Diagnostic: Equatable {
    let status: ExitStatus
    /// Nil for what needs no words: the user stopped it, or stopped reading.
    let line: String?

    /// - Parameter interruption: The signal that came, if any.
    init(_ error: any Error, interruption: Int32? = Interruption.shared.signal) {
        switch error {
        case let error as MullamaError:
            self.init(ExitStatus(error.code), error.message, "\(error.code)")
        case let error as PromptError:
            let cause = Diagnostic(error.cause, interruption: interruption)
            self.init(
                status: cause.status,
                line: cause.line.map { Self.prefix + "prompt \(error.line): " + $0.dropFirst(Self.prefix.count) }
            )
        case let error as ModelStoreError where error.code == .cancelled:
            self.init(cancelledBy: interruption)
        case let error as ModelStoreError:
            self.init(ExitStatus(error.code), error.message, "\(error.code)")
        case DaemonError.cancelled(let message):
            self.init(.terminated, message, "cancelled")
        case let error as DaemonError:
            self.init(.unavailable, error.message, error.code)
        case let error as DaemonExit:
            self.init(exit: error)
        case OutputError.closed:
            self.init(status: .outputClosed, line: nil)
        case OutputError.failed(let number):
            self.init(.ioFailed, "standard output cannot be written to: \(String(cString: strerror(number)))", "ioFailed")
        case is RefusedLines:
            self.init(status: .invalidData, line: nil)
        case is CancellationError:
            self.init(cancelledBy: interruption)
        default:
            let isUsage = MullamaCommand.exitCode(for: error) == .validationFailure
            self.init(
                isUsage ? .invalidRequest : .failure,
                MullamaCommand.message(for: error),
                isUsage ? "usage" : "failed"
            )
        }
    }

    /// A fault that the command can live with, as a line.
    static func warning(_ error: ModelStoreError) -> String {
        "mullama: warning: \(TerminalFilter.oneLine(error.message)) [\(error.code)]"
    }

    private static let prefix = "mullama: error: "

    private init(status: ExitStatus, line: String?) {
        self.status = status
        self.line = line
    }

    private init(_ status: ExitStatus, _ message: String, _ code: String) {
        self.init(status: status, line: "\(Self.prefix)\(TerminalFilter.oneLine(message)) [\(code)]")
    }

    /// Nobody but the user and the reader of standard output cancels in this process.
    private init(cancelledBy signal: Int32?) {
        self.init(status: signal.map(ExitStatus.init(signal:)) ?? .outputClosed, line: nil)
    }

    /// Its own last words say most; its status is this one's, so that scripts can tell why.
    private init(exit: DaemonExit) {
        let lines = exit.lines.split(separator: "\n").map { TerminalFilter.oneLine(String($0)) + "\n" }.joined()
        self.init(
            ExitStatus(rawValue: exit.status) ?? .failure,
            "the daemon has ended while it started; the end of \(exit.log) is above",
            "daemonFailed"
        )
        self = Diagnostic(status: self.status, line: lines + (self.line ?? ""))
    }
}
