/// The rules of a grammar, with the same symbols in the same order as llama.cpp makes them: its limits count them.
struct GrammarRules: Sendable {
    private(set) var symbols: [GrammarSymbol] = []
    private(set) var elements: [GrammarElement] = []
    private var symbolsByName: [String: Int] = [:]

    /// The rule that says what the whole answer must be.
    var root: Int? { self.symbolsByName["root"] }

    func body(of symbol: Int) -> ArraySlice<GrammarElement> {
        self.symbols[symbol].body.map { self.elements[$0] } ?? []
    }

    /// The symbol of a written rule, a new one when the name is.
    mutating func symbol(named name: String, at offset: Int) -> Int {
        if let symbol = self.symbolsByName[name] { return symbol }
        self.symbolsByName[name] = self.symbols.count
        return self.add(.rule(name), at: offset)
    }

    mutating func add(_ origin: GrammarSymbol.Origin, at offset: Int) -> Int {
        self.symbols.append(GrammarSymbol(origin: origin, offset: offset))
        return self.symbols.count - 1
    }

    /// Gives a symbol its body; a later definition replaces an earlier one.
    mutating func define(_ symbol: Int, as body: some Collection<GrammarElement>, at offset: Int) {
        let start = self.elements.count
        self.elements.append(contentsOf: body)
        self.symbols[symbol].body = start..<self.elements.count
        self.symbols[symbol].offset = offset
    }

    func checkDefinitions() throws(GrammarFault) {
        guard let lastDefined = self.symbols.lastIndex(where: { $0.body != nil }) else {
            throw GrammarFault(at: 0, "the grammar is empty: write at least a rule named root, as in root ::= \"yes\" | \"no\"")
        }
        if self.root.flatMap({ self.symbols[$0].body }) == nil {
            throw GrammarFault(
                at: self.root.map { self.symbols[$0].offset } ?? 0,
                "there is no rule named root: it says what the whole answer must be"
            )
        }
        // Symbols after the last defined one may be left over from definitions that were replaced. llama.cpp minds only those before it.
        var isNeeded = self.symbols.indices.map { $0 < lastDefined }
        for symbol in self.symbols.indices {
            for case .reference(let target) in self.body(of: symbol) { isNeeded[Int(target)] = true }
        }
        let undefined = self.symbols.indices.filter { isNeeded[$0] && self.symbols[$0].body == nil }
        guard let first = undefined.map({ self.symbols[$0] }).min(by: { $0.offset < $1.offset }) else { return }
        let name = first.name ?? "?"
        throw GrammarFault(at: first.offset, "rule '\(name)' is used here and defined nowhere: add a line \(name) ::= …")
    }
}
