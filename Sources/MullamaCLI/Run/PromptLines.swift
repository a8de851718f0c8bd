import Mullama

/// Prompts in a text: all of it, or one a line.
enum PromptLines {
    /// The text without the newline that ends its last line, which editors and `echo` put there.
    static func withoutFinalNewline(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        if scalars.last == "\n" { scalars.removeLast() }
        if scalars.last == "\r", scalars.count < text.unicodeScalars.count { scalars.removeLast() }
        return String(scalars)
    }

    /// - Throws: ``MullamaError/Code/invalidRequest`` for an empty line, with its number, and for no line at all.
    static func split(_ text: String) throws(MullamaError) -> [String] {
        guard !text.isEmpty else { throw self.empty("standard input is empty") }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last newline is no line of its own.
        let prompts = (text.unicodeScalars.last == "\n" ? lines.dropLast() : lines[...]).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
        if let index = prompts.firstIndex(of: "") { throw self.empty("line \(index + 1) of \(prompts.count) is empty") }
        return prompts
    }

    /// - Throws: ``MullamaError/Code/invalidRequest`` if there is nothing to answer.
    static func requireText(_ prompt: String) throws(MullamaError) {
        guard !prompt.isEmpty else { throw self.empty("the prompt is empty") }
    }

    private static func empty(_ what: String) -> MullamaError {
        MullamaError(.invalidRequest, "\(what): give at least one character")
    }
}
