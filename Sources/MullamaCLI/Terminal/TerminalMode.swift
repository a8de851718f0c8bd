import Foundation
import Synchronization

/// How the terminal treats what is typed. Whatever way the program ends, the terminal is left as it was found.
enum TerminalMode {
    /// Every key comes as it is pressed, Ctrl+C too, and nothing is shown but what we show.
    case editing
    /// Nothing that is typed is shown; it waits for the next line. Ctrl+C is a signal.
    case answering

    /// Pasted text comes between marks.
    private static let pasteOn = "\u{1B}[?2004h"
    private static let pasteOff: StaticString = "\u{1B}[?2004l"
    private static let hasChanged = Atomic(false)
    /// What was found. Written once, before anything is changed, and read by a signal handler, which may take no lock.
    nonisolated(unsafe) private static let found = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    /// Signals that end the process where it stands.
    private static let endings = [SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

    /// - Throws: ``OutputError/failed(_:)`` if standard input is no terminal, or one that has gone.
    static func set(_ mode: TerminalMode) throws(OutputError) {
        if !self.hasChanged.load(ordering: .acquiring) {
            guard tcgetattr(STDIN_FILENO, self.found) == 0 else { throw OutputError.failed(errno) }
            self.hasChanged.store(true, ordering: .releasing)
            for signal in self.endings { self.restore(before: signal) }
        }
        var settings = self.found.pointee
        mode.change(&settings)
        guard tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 else { throw OutputError.failed(errno) }
        Output.standard.control(mode == .editing ? self.pasteOn : self.pasteOff.description)
    }

    /// Leaves the terminal as it was found. Does nothing if nothing was changed.
    static func restore() {
        guard self.hasChanged.load(ordering: .acquiring) else { return }
        // Only what a signal handler may call.
        tcsetattr(STDIN_FILENO, TCSANOW, self.found)
        _ = write(STDOUT_FILENO, self.pasteOff.utf8Start, self.pasteOff.utf8CodeUnitCount)
    }

    private static func restore(before number: Int32) {
        var former = sigaction()
        // Who ignores it, as nohup does, means it.
        guard sigaction(number, nil, &former) == 0, !former.isIgnored else { return }
        signal(number) { number in
            TerminalMode.restore()
            signal(number, SIG_DFL)
            raise(number)
        }
    }

    private func change(_ settings: inout termios) {
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
        switch self {
        case .editing:
            settings.c_lflag &= ~tcflag_t(ISIG)
            // Enter comes as it is, and Ctrl+S and Ctrl+Q are keys.
            settings.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON)
        case .answering:
            // Stopped, or ended with a core dump, the terminal would be left like this.
            settings.disable([VSUSP, VQUIT])
        }
    }
}

extension termios {
    /// Takes their special meaning from characters.
    fileprivate mutating func disable(_ characters: [Int32]) {
        #if canImport(Darwin)
        let off = cc_t(0xFF)
        #else
        let off = cc_t(0)
        #endif
        withUnsafeMutableBytes(of: &self.c_cc) { codes in
            for character in characters where codes.indices.contains(Int(character)) { codes[Int(character)] = off }
        }
    }
}

extension sigaction {
    fileprivate var isIgnored: Bool {
        #if canImport(Darwin)
        let handler = self.__sigaction_u.__sa_handler
        #else
        let handler = self.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
