/// Cuts a template into tokens, and the white space that `trim_blocks`, `lstrip_blocks`, `-` and `+` take away out of the text.
struct Lexer {
    private enum Tag {
        case output
        case block
        case comment
    }

    /// The text with `\n` for every line break, and without one at its very end.
    let source: [UInt8]
    private var place = 0
    private var tokens: [Token] = []
    /// Whether the text that comes starts a line.
    private var startsLine = true

    init(_ source: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.utf8.count)
        var previous: UInt8 = 0
        for byte in source.utf8 {
            if byte != 0x0A || previous != 0x0D { bytes.append(byte == 0x0D ? 0x0A : byte) }
            previous = byte
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        self.source = bytes
    }

    mutating func lex() throws(TemplateError) -> [Token] {
        while let (tag, start) = self.nextTag() {
            try self.lex(tag, at: start)
        }
        self.emitText(self.place, self.source.count)
        self.tokens.append(Token(kind: .end, position: self.source.count))
        return self.tokens
    }

    private func byte(_ place: Int) -> UInt8? { place < self.source.count ? self.source[place] : nil }

    private func has(_ text: StaticString, at place: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= self.source.count else { return false }
        return text.withUTF8Buffer { buffer in (0..<count).allSatisfy { self.source[place + $0] == buffer[$0] } }
    }

    private func error(_ message: String, at place: Int) -> TemplateError {
        TemplateError(.syntax, message).located(at: place, in: self.source)
    }

    private func nextTag() -> (Tag, Int)? {
        var place = self.place
        while place + 1 < self.source.count {
            if self.source[place] == 0x7B {
                switch self.source[place + 1] {
                case 0x7B: return (.output, place)
                case 0x25: return (.block, place)
                case 0x23: return (.comment, place)
                default: break
                }
            }
            place += 1
        }
        return nil
    }

    private mutating func emitText(_ start: Int, _ end: Int) {
        if end > start { self.tokens.append(Token(kind: .text(Array(self.source[start..<end])), position: start)) }
    }

    /// Emits the text before a tag, without the white space that the tag takes away.
    private mutating func emitText(before start: Int, tag: Tag, sign: UInt8?) {
        var end = start
        if sign == UInt8(ascii: "-") {
            end = self.place + Text(self.source[self.place..<start]).trimmed(front: false, back: true) { $0.isPythonSpace }.bytes.count
        } else if sign != UInt8(ascii: "+"), tag != .output {
            let lineStart = self.source[self.place..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? self.place
            if lineStart > self.place || self.startsLine {
                if Text(self.source[lineStart..<start]).trimmed().isEmpty { end = lineStart }
            }
        }
        self.emitText(self.place, end)
    }

    private mutating func lex(_ tag: Tag, at start: Int) throws(TemplateError) {
        var place = start + 2
        let sign = self.byte(place).flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
        if sign != nil { place += 1 }
        if tag == .block, let body = self.rawBody(place) {
            self.emitText(before: start, tag: tag, sign: sign)
            return try self.lexRaw(body, from: start)
        }
        self.emitText(before: start, tag: tag, sign: sign)
        self.place = place
        switch tag {
        case .comment: try self.skipComment(from: start)
        case .output:
            self.tokens.append(Token(kind: .outputBegin, position: start))
            try self.lexExpression(until: "}}", closesBlock: false)
        case .block:
            self.tokens.append(Token(kind: .blockBegin, position: start))
            try self.lexExpression(until: "%}", closesBlock: true)
        }
    }

    /// Goes on behind the end of a tag, over the white space that it takes away.
    private mutating func endTag(at place: Int, sign: UInt8?, trimsNewline: Bool) {
        self.place = place
        if sign == UInt8(ascii: "-") {
            self.skipSpace()
        } else if sign != UInt8(ascii: "+"), trimsNewline, self.byte(self.place) == 0x0A {
            self.place += 1
        }
        self.startsLine = self.place > 0 && self.source[self.place - 1] == 0x0A
    }

    private mutating func skipSpace() {
        let rest = Text(self.source[self.place...].prefix { byte in byte <= 0x20 || byte >= 0x80 })
        self.place += rest.bytes.count - rest.trimmed(front: true, back: false) { $0.isPythonSpace }.bytes.count
    }

    private mutating func skipComment(from start: Int) throws(TemplateError) {
        var place = self.place
        while place + 1 < self.source.count {
            if self.has("#}", at: place) {
                let sign = place > self.place ? self.source[place - 1] : nil
                let isSign = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
                return self.endTag(at: place + 2, sign: isSign ? sign : nil, trimsNewline: true)
            }
            place += 1
        }
        throw self.error("this comment is never closed; expected '#}'", at: start)
    }

    /// Where the text of a `raw` block starts, if the tag whose inside starts here is one.
    private func rawBody(_ inside: Int) -> Int? {
        guard var place = self.skipped("raw", from: inside) else { return nil }
        if self.has("-%}", at: place) {
            place += 3
            while place < self.source.count {
                let (scalar, length) = Text(self.source[place..<min(place + 4, self.source.count)]).scalar(at: 0)
                guard scalar.isPythonSpace else { break }
                place += length
            }
            return place
        }
        return self.has("%}", at: place) ? place + 2 : nil
    }

    /// The place behind white space, a word and white space.
    private func skipped(_ word: StaticString, from place: Int) -> Int? {
        func behindSpace(_ place: Int) -> Int {
            var place = place
            while let byte = self.byte(place), Unicode.Scalar(byte).isPythonSpace, byte < 0x80 { place += 1 }
            return place
        }
        let start = behindSpace(place)
        guard self.has(word, at: start) else { return nil }
        return behindSpace(start + word.utf8CodeUnitCount)
    }

    private mutating func lexRaw(_ body: Int, from start: Int) throws(TemplateError) {
        self.place = body
        self.startsLine = body > 0 && self.source[body - 1] == 0x0A
        var place = body
        while place + 1 < self.source.count {
            if self.has("{%", at: place) {
                var inside = place + 2
                let sign = self.byte(inside).flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
                if sign != nil { inside += 1 }
                if let end = self.skipped("endraw", from: inside) {
                    let endSign = self.byte(end).flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
                    let close = end + (endSign == nil ? 0 : 1)
                    if self.has("%}", at: close) {
                        self.emitText(before: place, tag: .block, sign: sign)
                        return self.endTag(at: close + 2, sign: endSign, trimsNewline: true)
                    }
                }
            }
            place += 1
        }
        throw self.error("this raw block is never closed; expected '{% endraw %}'", at: start)
    }

    private mutating func lexExpression(until end: StaticString, closesBlock: Bool) throws(TemplateError) {
        let start = self.place
        var brackets: [UInt8] = []
        while true {
            self.skipSpace()
            guard let byte = self.byte(self.place) else {
                throw self.error("this tag is never closed; expected '\(end)'", at: start)
            }
            if brackets.isEmpty {
                let hasSign = byte == UInt8(ascii: "-") || (byte == UInt8(ascii: "+") && closesBlock)
                let close = self.place + (hasSign ? 1 : 0)
                if self.has(end, at: close) {
                    self.tokens.append(Token(kind: closesBlock ? .blockEnd : .outputEnd, position: self.place))
                    return self.endTag(at: close + 2, sign: hasSign ? byte : nil, trimsNewline: closesBlock)
                }
            }
            var scanner = TokenScanner(self.source, at: self.place)
            let token = try scanner.next()
            if case .symbol(let symbol) = token.kind { try self.balance(symbol, token.position, &brackets) }
            self.tokens.append(token)
            self.place = scanner.place
        }
    }

    private func balance(_ symbol: String, _ place: Int, _ brackets: inout [UInt8]) throws(TemplateError) {
        switch symbol {
        case "(": brackets.append(UInt8(ascii: ")"))
        case "[": brackets.append(UInt8(ascii: "]"))
        case "{": brackets.append(UInt8(ascii: "}"))
        case ")", "]", "}":
            guard let expected = brackets.popLast() else { throw self.error("'\(symbol)' closes nothing", at: place) }
            guard symbol.utf8.first == expected else {
                throw self.error("'\(symbol)' closes nothing here; expected '\(Unicode.Scalar(expected))'", at: place)
            }
        default: break
        }
    }
}
