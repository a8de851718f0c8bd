import ArgumentParser
import Foundation
import Mullama

/// The process: what must be set up before any command, and the way out after it.
@main
enum EntryPoint {
    static func main() {
        Descriptors.open()
        // A reader that leaves is told by the error of the write, so that the command can end in order.
        signal(SIGPIPE, SIG_IGN)
        Interruption.shared.watch()
        let status = self.run()
        TerminalMode.restore()
        fflush(nil)
        // Past the C++ library's exit handlers: after an interrupt its threads may still be computing with what those would free.
        _exit(status.rawValue)
    }

    private static func run() -> ExitStatus {
        do {
            try Arguments.requireText()
            var command = try MullamaCommand.parseAsRoot()
            try command.run()
            return .success
        } catch {
            return self.explain(error)
        }
    }

    /// Prints what an error has to say and returns its status. Help and completions reach us as errors too.
    private static func explain(_ error: any Error) -> ExitStatus {
        do {
            if MullamaCommand.exitCode(for: error) == .success {
                try Output.standard.write(MullamaCommand.fullMessage(for: error) + "\n")
                return .success
            }
            throw error
        } catch {
            let diagnostic = Diagnostic(error)
            if let line = diagnostic.line {
                try? Output.error.write(line + "\n")
            }
            return diagnostic.status
        }
    }
}
