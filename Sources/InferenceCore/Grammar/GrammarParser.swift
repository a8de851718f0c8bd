/// Reads GBNF as llama.cpp does, quirks included: the rules that it makes of groups and repetitions count towards its limits, and their
/// shape decides what it takes for left recursion.
///
/// Groups that are open stand on a stack of its own and not on the thread's.
struct GrammarParser: Sendable {
    /// llama.cpp calls itself for each group in a group, and half a megabyte of stack, which threads on macOS have, is full after 1,000.
    static let deepestGroup = 500

    private(set) var rules = GrammarRules()
    /// Tokens named by their text, which only a vocabulary can judge.
    private(set) var tokens: [(offset: Int, text: String)] = []
    private var scanner: GrammarScanner
    /// Elements that repetitions have made so far.
    private var expansion = 0

    init(_ bytes: [UInt8]) {
        self.scanner = GrammarScanner(bytes)
    }

    mutating func parse() throws(GrammarFault) {
        if let zero = self.scanner.bytes.firstIndex(of: 0) {
            throw GrammarFault(at: zero, "a NUL character, where llama.cpp would take the grammar to end: remove it, or write \\x00")
        }
        self.scanner.skipSpace(acrossLines: true)
        while self.scanner.next != nil { try self.parseRule() }
    }

    private mutating func parseRule() throws(GrammarFault) {
        let start = self.scanner.offset
        let name = self.scanner.name()
        guard !name.isEmpty else {
            throw GrammarFault(
                at: start,
                "expected a rule, as in root ::= …, and found \(self.scanner.found): names are made of letters, digits and '-'"
            )
        }
        self.scanner.skipSpace(acrossLines: false)
        let symbol = self.rules.symbol(named: name, at: start)
        guard self.scanner.bytes[self.scanner.offset...].starts(with: "::=".utf8) else {
            throw GrammarFault(
                at: self.scanner.offset,
                "expected '::=' after the name '\(name)' and found \(self.scanner.found): names are made of letters, digits and '-'"
            )
        }
        self.scanner.advance(by: 3)
        self.scanner.skipSpace(acrossLines: true)

        try self.parseBody(of: symbol, from: start)

        guard self.scanner.next == nil || self.scanner.nextIs("\n") || self.scanner.nextIs("\r") else {
            let hint =
                switch self.scanner.next {
                case UInt8(ascii: ")"): "no group is open"
                case UInt8(ascii: ":"): "the first item of a rule may stand on a later line, so an empty rule must be written as \"\""
                default: "literals stand in quotes, names are made of letters, digits and '-'"
                }
            throw GrammarFault(
                at: self.scanner.offset,
                "expected another item or the end of rule '\(name)' and found \(self.scanner.found): \(hint)"
            )
        }
        self.scanner.skipLineEnd()
        self.scanner.skipSpace(acrossLines: true)
    }

    private mutating func parseBody(of symbol: Int, from start: Int) throws(GrammarFault) {
        var outer: [GrammarSequence] = []
        var current = GrammarSequence(symbol: symbol, offset: start)
        while true {
            let isNested = !outer.isEmpty
            switch self.scanner.next {
            case UInt8(ascii: "("):
                guard outer.count < Self.deepestGroup else {
                    throw GrammarFault(
                        at: self.scanner.offset,
                        "more than \(Self.deepestGroup) groups in one another: give the inner ones rules of their own"
                    )
                }
                let group = self.rules.add(.group, at: self.scanner.offset)
                outer.append(current)
                current = GrammarSequence(symbol: group, offset: self.scanner.offset)
                self.scanner.advance()
                self.scanner.skipSpace(acrossLines: true)
            case UInt8(ascii: "|"):
                current.beginAlternative()
                self.scanner.advance()
                self.scanner.skipSpace(acrossLines: true)
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                let offset = self.scanner.offset
                let bounds = try self.scanner.repetition(acrossLines: isNested)
                try self.repeatItem(of: &current, bounds, at: offset)
            case .some(let byte) where Self.beginsItem(byte):
                try self.parseItem(into: &current)
                self.scanner.skipSpace(acrossLines: isNested)
            default:
                self.rules.define(current.symbol, as: current.elements, at: current.offset)
                guard var enclosing = outer.popLast() else { return }
                guard self.scanner.nextIs(")") else {
                    throw GrammarFault(
                        at: current.offset,
                        "this group is not closed: expected ')' and found \(self.scanner.found) later on"
                    )
                }
                enclosing.beginItem(rules: self.rules.symbols.count - current.symbol)
                enclosing.append(.reference(Int32(clamping: current.symbol)))
                current = enclosing
                self.scanner.advance()
                self.scanner.skipSpace(acrossLines: !outer.isEmpty)
            }
        }
    }

    private static func beginsItem(_ byte: UInt8) -> Bool {
        GrammarScanner.isNameByte(byte) || #""[<!."#.utf8.contains(byte)
    }

    private mutating func parseItem(into sequence: inout GrammarSequence) throws(GrammarFault) {
        let start = self.scanner.offset
        sequence.beginItem()
        switch self.scanner.next {
        case UInt8(ascii: "\""):
            sequence.append(repeatElement(.terminal, count: try self.scanner.literal()))
        case UInt8(ascii: "["):
            sequence.append(repeatElement(.terminal, count: try self.scanner.characterClass()))
        case UInt8(ascii: "<"), UInt8(ascii: "!"):
            if let text = try self.scanner.token() { self.tokens.append((start, text)) }
            sequence.append(.terminal)
        case UInt8(ascii: "."):
            self.scanner.advance()
            sequence.append(.terminal)
        default:
            let symbol = self.rules.symbol(named: self.scanner.name(), at: start)
            sequence.append(.reference(Int32(clamping: symbol)))
        }
    }

    private mutating func repeatItem(of sequence: inout GrammarSequence, _ times: GrammarRepetition, at offset: Int) throws(GrammarFault) {
        let item = Array(sequence.item)
        guard !item.isEmpty else {
            throw GrammarFault(at: offset, "there is nothing to repeat before this: put an item that is not empty in front of it")
        }
        sequence.itemRules *= times.rules
        guard sequence.itemRules <= GrammarRepetition.most else {
            throw GrammarFault(
                at: offset,
                "this repetition stands for \(sequence.itemRules) rules and llama.cpp allows \(GrammarRepetition.most): repeat less often, or "
                    + "give parts of what is repeated a rule of their own"
            )
        }
        self.expansion += times.elements(forItemOf: item.count)
        guard self.expansion <= GrammarRepetition.mostElements else {
            throw GrammarFault(
                at: offset,
                "up to here the repetitions stand for \(self.expansion) elements and \(GrammarRepetition.mostElements) are allowed: "
                    + "repeat less often, or give what is repeated a rule of its own"
            )
        }

        if times.least == 0 { sequence.removeItem() }
        for _ in 1..<max(1, times.least) { sequence.append(item) }

        var last: Int?
        for _ in 0..<times.optionalCopies {
            let copy = self.rules.add(.repetition, at: offset)
            var body = item
            if let rest = times.atMost == nil ? copy : last { body.append(.reference(Int32(clamping: rest))) }
            body.append(.alternative)
            self.rules.define(copy, as: body, at: offset)
            last = copy
        }
        if let last { sequence.append(.reference(Int32(clamping: last))) }
    }
}
