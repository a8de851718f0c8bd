/// Makes messages of lines: a line that ends with a backslash goes on in the next, and what stands between `"""` and `"""` is one message.
struct MessageAssembler {
    private enum State: Equatable {
        case empty
        case continued([String])
        case quoted([String])
    }

    private static let mark = "\"\"\""

    private var state = State.empty

    /// Whether the next line goes on with a message.
    var isInside: Bool { self.state != .empty }

    /// - Returns: The message that the line completes; nil if more is to come.
    mutating func take(_ line: String) -> String? {
        switch self.state {
        case .empty:
            if line.drop(while: \.isWhitespace).hasPrefix(Self.mark) {
                return self.takeQuoted(String(line.drop(while: \.isWhitespace).dropFirst(Self.mark.count)), after: [])
            }
            return self.takePlain(line, after: [])
        case .continued(let lines):
            return self.takePlain(line, after: lines)
        case .quoted(let lines):
            return self.takeQuoted(line, after: lines)
        }
    }

    private mutating func takePlain(_ line: String, after lines: [String]) -> String? {
        guard line.hasSuffix("\\") else {
            self.state = .empty
            return (lines + [line]).joined(separator: "\n")
        }
        self.state = .continued(lines + [String(line.dropLast())])
        return nil
    }

    private mutating func takeQuoted(_ line: String, after lines: [String]) -> String? {
        guard let end = line.trimmingSuffix(while: \.isWhitespace).removingSuffix(Self.mark) else {
            // The newline behind the opening mark is not a part of the message.
            self.state = .quoted(lines.isEmpty && line.isEmpty ? [""] : lines + [line])
            return nil
        }
        self.state = .empty
        var all = lines + [String(end)]
        if all.count > 1, all.first == "" { all.removeFirst() }
        if all.count > 1, all.last == "" { all.removeLast() }
        return all.joined(separator: "\n")
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> SubSequence {
        guard let last = self.lastIndex(where: { !predicate($0) }) else { return self[self.startIndex..<self.startIndex] }
        return self[...last]
    }

    fileprivate func removingSuffix(_ suffix: String) -> SubSequence? {
        self.hasSuffix(suffix) ? self.dropLast(suffix.count) : nil
    }
}
