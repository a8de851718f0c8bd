import Foundation

/// Reads lines that a person types at the terminal, with a ``LineEditor`` on the screen.
final class LineReader {
    enum Result: Equatable, Sendable {
        case line(String)
        /// Ctrl+C; and whether there was nothing to clear.
        case interrupted(isEmpty: Bool)
        /// Ctrl+D on an empty line, or the terminal has gone.
        case ended
        /// Somebody asked the program to end.
        case terminated
    }

    /// How long the rest of a sequence may take to come, in milliseconds.
    private static let patience: Int32 = 50

    private let output: Output
    private let interruption: Int32
    private var parser = KeyParser()
    /// What was typed while nobody read lines.
    private var typed: [UInt8] = []

    /// - Parameter interruption: A descriptor that becomes readable when the program is to end.
    init(output: Output = .standard, interruption: Int32 = Interruption.shared.descriptor) {
        self.output = output
        self.interruption = interruption
    }

    /// Blocks until a line is complete.
    ///
    /// - Parameter history: Lines that the arrow keys go through, the latest last.
    /// - Throws: ``OutputError`` if the terminal does not do what it is told.
    func line(prompt: String, history: [String]) throws(OutputError) -> Result {
        try TerminalMode.set(.editing)
        var editor = LineEditor(history: history)
        var layout = self.draw(editor, prompt, over: 0)
        while true {
            var isChanged = false
            while !self.typed.isEmpty {
                for event in self.parser.take(self.typed.removeFirst()).map({ editor.take($0) }) {
                    switch event {
                    case .none: break
                    case .changed: isChanged = true
                    case .clearScreen:
                        self.output.control("\u{1B}[H\u{1B}[2J")
                        layout = self.draw(editor, prompt, over: 0)
                    case .suspended:
                        self.output.control(layout.leaving)
                        try self.suspend()
                        layout = self.draw(editor, prompt, over: 0)
                    case .submitted(let line):
                        self.leave(editor, prompt, layout)
                        return .line(line)
                    case .interrupted, .ended:
                        self.leave(editor, prompt, layout)
                        return event == .ended ? .ended : .interrupted(isEmpty: editor.characters.isEmpty)
                    }
                }
            }
            if isChanged { layout = self.draw(editor, prompt, over: layout.cursorRow) }
            if let ending = self.read() {
                self.leave(editor, prompt, layout)
                return ending
            }
        }
    }

    /// Shows the whole of a line at last, with the cursor behind it.
    private func leave(_ editor: LineEditor, _ prompt: String, _ layout: LineLayout) {
        self.output.control(self.draw(editor, prompt, over: layout.cursorRow).leaving)
    }

    private func draw(_ editor: LineEditor, _ prompt: String, over row: Int) -> LineLayout {
        var size = winsize()
        let isKnown = ioctl(self.output.descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
        let layout = LineLayout(
            prompt: prompt,
            characters: editor.characters,
            cursor: editor.cursor,
            columns: isKnown ? Int(size.ws_col) : 80,
            height: isKnown ? Int(size.ws_row) : 24
        )
        self.output.control(layout.drawing(over: row))
        return layout
    }

    /// Ctrl+Z: the shell gets the terminal, and we go on when it gives it back.
    private func suspend() throws(OutputError) {
        TerminalMode.restore()
        kill(getpid(), SIGTSTP)
        try TerminalMode.set(.editing)
    }

    /// Waits for keys.
    ///
    /// - Returns: Why there will be none.
    private func read() -> Result? {
        var descriptors = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: self.interruption, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, nfds_t(descriptors.count), self.parser.isInSequence ? Self.patience : -1)
        if count == 0 { self.parser.endSequence() }
        guard count > 0 else { return count == 0 || errno == EINTR ? nil : .ended }
        guard descriptors[1].revents == 0 else { return .terminated }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
        guard length > 0 else { return length < 0 && (errno == EINTR || errno == EAGAIN) ? nil : .ended }
        self.typed += buffer[..<length]
        return nil
    }
}
