extension GrammarRules {
    /// For each symbol, whether one of its alternatives has no element. This is all that llama.cpp takes for a rule that may be empty.
    func directlyEmpty() -> [Bool] {
        self.symbols.indices.map { symbol in
            self.body(of: symbol).split(separator: .alternative, omittingEmptySubsequences: false).contains { $0.isEmpty }
        }
    }

    /// For each symbol, whether it can match nothing, be it through other rules.
    func nullable() -> [Bool] {
        var isNullable = self.symbols.map { _ in false }
        /// For each alternative without a terminal: whose it is, and how many of its references are not known to be nullable.
        var alternatives: [(owner: Int, missing: Int)] = []
        var uses: [Int: [Int]] = [:]
        var fresh: [Int] = []

        for symbol in self.symbols.indices {
            for alternative in self.body(of: symbol).split(separator: .alternative, omittingEmptySubsequences: false) {
                guard !alternative.contains(.terminal) else { continue }
                for case .reference(let target) in alternative { uses[Int(target), default: []].append(alternatives.count) }
                alternatives.append((symbol, alternative.count))
                if alternative.isEmpty { fresh.append(symbol) }
            }
        }
        while let symbol = fresh.popLast() {
            guard !isNullable[symbol] else { continue }
            isNullable[symbol] = true
            for use in uses[symbol] ?? [] {
                alternatives[use].missing -= 1
                if alternatives[use].missing == 0 { fresh.append(alternatives[use].owner) }
            }
        }
        return isNullable
    }
}
