extension GrammarScanner {
    /// `"…"`; answers how many characters it has.
    mutating func literal() throws(GrammarFault) -> Int {
        let start = self.offset
        self.advance()
        var count = 0
        while !self.nextIs("\"") {
            guard self.next != nil else { throw GrammarFault(at: start, "this literal has no closing quote") }
            try self.skipCharacter()
            count += 1
        }
        self.advance()
        return count
    }

    /// `[…]` or `[^…]`; answers how many characters and ends of ranges it names.
    mutating func characterClass() throws(GrammarFault) -> Int {
        let start = self.offset
        self.advance()
        if self.nextIs("^") { self.advance() }
        var count = 0
        while !self.nextIs("]") {
            guard self.next != nil else { throw GrammarFault(at: start, "this character class has no closing ']'") }
            try self.skipCharacter()
            count += 1
            if self.nextIs("-"), self.peek(1) != UInt8(ascii: "]") {
                self.advance()
                guard self.next != nil else { throw GrammarFault(at: start, "this character class has no closing ']'") }
                try self.skipCharacter()
                count += 1
            }
        }
        self.advance()
        return count
    }

    /// `<text>` or `<[number]>`, perhaps with `!` before it; answers the text with its brackets.
    mutating func token() throws(GrammarFault) -> String? {
        if self.nextIs("!") { self.advance() }
        let start = self.offset
        guard self.nextIs("<") else {
            throw GrammarFault(at: start, "'!' must stand before a token, as in !<think>, and \(self.found) follows")
        }
        self.advance()
        guard self.nextIs("[") else {
            self.advance(while: { $0 != UInt8(ascii: ">") })
            guard self.nextIs(">") else { throw GrammarFault(at: start, "this token has no closing '>'") }
            self.advance()
            return String(decoding: self.bytes[start..<self.offset], as: UTF8.self)
        }
        self.advance()
        let digits = self.digits()
        guard !digits.isEmpty else {
            throw GrammarFault(at: self.offset, "expected the number of a token, as in <[42]>, and found \(self.found)")
        }
        guard UInt32(digits) != nil else {
            throw GrammarFault(at: start, "token \(digits) is more than the largest number that a token can have, \(UInt32.max)")
        }
        guard self.nextIs("]"), self.peek(1) == UInt8(ascii: ">") else {
            throw GrammarFault(at: self.offset, "expected ']>' after the number of the token and found \(self.found)")
        }
        self.advance(by: 2)
        return nil
    }

    /// `*`, `+`, `?`, `{m}`, `{m,}` or `{m,n}`, and the blanks after it.
    mutating func repetition(acrossLines: Bool) throws(GrammarFault) -> GrammarRepetition {
        let start = self.offset
        let sign = self.next
        self.advance()
        self.skipSpace(acrossLines: acrossLines)
        switch sign {
        case UInt8(ascii: "*"): return GrammarRepetition(least: 0, atMost: nil)
        case UInt8(ascii: "+"): return GrammarRepetition(least: 1, atMost: nil)
        case UInt8(ascii: "?"): return GrammarRepetition(least: 0, atMost: 1)
        default: break
        }

        let leastDigits = self.digits()
        guard !leastDigits.isEmpty else {
            throw GrammarFault(at: self.offset, "expected how often to repeat, as in {2}, {2,} or {2,5}, and found \(self.found)")
        }
        guard let least = Int(leastDigits), least <= GrammarRepetition.most else {
            throw GrammarFault(at: start, "\(leastDigits) repetitions are more than the \(GrammarRepetition.most) that llama.cpp allows")
        }
        self.skipSpace(acrossLines: acrossLines)
        var atMost: UInt64? = UInt64(least)
        if self.nextIs(",") {
            self.advance()
            self.skipSpace(acrossLines: acrossLines)
            let digits = self.digits()
            atMost = UInt64(digits)
            guard digits.isEmpty || atMost != nil else {
                throw GrammarFault(at: start, "\(digits) repetitions are more than can be counted: leave the number out for no limit")
            }
            self.skipSpace(acrossLines: acrossLines)
        }
        guard self.nextIs("}") else {
            throw GrammarFault(at: self.offset, "expected ',' or '}' in a repetition and found \(self.found)")
        }
        self.advance()
        self.skipSpace(acrossLines: acrossLines)
        if let atMost, atMost < UInt64(least) {
            throw GrammarFault(at: start, "at most \(atMost) and at least \(least) cannot both be: write the smaller number first")
        }
        // llama.cpp takes an upper limit beyond its own for none.
        let limit = atMost.flatMap { $0 > UInt64(GrammarRepetition.most) ? nil : Int($0) }
        return GrammarRepetition(least: least, atMost: limit)
    }
}
