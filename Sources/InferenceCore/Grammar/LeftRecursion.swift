/// Finds rules that can begin with themselves, which llama.cpp refuses, and those with which it never comes to an end.
struct LeftRecursion: Sendable {
    /// llama.cpp calls itself for each rule that a rule begins with, and half a megabyte of stack is full after 5,000.
    static let deepestChain = 3000
    /// llama.cpp looks at a rule once for each way that leads to it, which can be exponentially many.
    static let mostSteps = 20_000_000.0

    private let rules: GrammarRules

    init(_ rules: GrammarRules) {
        self.rules = rules
    }

    func check() throws(GrammarFault) {
        let asRefused = LeftmostGraph(self.rules, mayBeEmpty: self.rules.directlyEmpty())
        let (component, order) = asRefused.components()
        try self.refuseCycles(of: asRefused, component) { _, _ in true }
        try self.checkEffort(asRefused, order)

        // llama.cpp does not see that a rule may be empty by way of another one. It then goes round and round: in the end of an alternative
        // without harm, before another element with a stack that grows for ever. Rules that the answer never comes to do not matter here.
        let complete = LeftmostGraph(self.rules, mayBeEmpty: self.rules.nullable())
        let isReached = self.reachedFromRoot()
        try self.refuseCycles(of: complete, complete.components().component) { isReached[$0] && $1.isFollowed }
    }

    private func refuseCycles(
        of graph: LeftmostGraph,
        _ component: [Int],
        where counts: (Int, LeftmostGraph.Edge) -> Bool
    ) throws(GrammarFault) {
        for symbol in 0..<graph.count {
            for edge in graph.edges(of: symbol) where component[edge.target] == component[symbol] && counts(symbol, edge) {
                throw self.fault(cycle: graph.path(from: edge.target, to: symbol, in: component))
            }
        }
    }

    private func fault(cycle: [Int]) -> GrammarFault {
        let symbols = cycle.map { self.rules.symbols[$0] }
        let named = symbols.indices.filter { symbols[$0].name != nil }
        guard let first = named.min(by: { symbols[$0].offset < symbols[$1].offset }), let name = symbols[first].name else {
            return GrammarFault(
                at: symbols.map(\.offset).min() ?? 0,
                "what is repeated here may be empty, so the repetition could go on for ever: let it match at least one character"
            )
        }
        let way = (symbols[first...] + symbols[..<first]).compactMap(\.name)
        let shown = way.count > 8 ? way.prefix(7) + ["…"] : way[...]
        return GrammarFault(
            at: symbols[first].offset,
            "rule '\(name)' can begin with itself (\((shown + [name]).joined(separator: " → "))), which llama.cpp cannot follow: "
                + "put what takes a character first, or write a repetition, as in term (\"+\" term)*"
        )
    }

    private func reachedFromRoot() -> [Bool] {
        var isReached = self.rules.symbols.map { _ in false }
        var rest = self.rules.root.map { [$0] } ?? []
        while let symbol = rest.popLast() {
            guard !isReached[symbol] else { continue }
            isReached[symbol] = true
            for case .reference(let target) in self.rules.body(of: symbol) { rest.append(Int(target)) }
        }
        return isReached
    }

    /// - Parameter order: All symbols, each after those that it leads to.
    private func checkEffort(_ graph: LeftmostGraph, _ order: [Int]) throws(GrammarFault) {
        var depth = Array(repeating: 1, count: graph.count)
        var steps = Array(repeating: 1.0, count: graph.count)
        for symbol in order {
            steps[symbol] += Double(self.rules.body(of: symbol).count)
            for edge in graph.edges(of: symbol) {
                depth[symbol] = max(depth[symbol], depth[edge.target] + 1)
                steps[symbol] += steps[edge.target]
            }
            if depth[symbol] > Self.deepestChain {
                throw GrammarFault(
                    at: self.rules.symbols[symbol].offset,
                    "more than \(Self.deepestChain) rules begin with one another in a row from here on: put rules into one another"
                )
            }
        }

        var isSeen = Array(repeating: false, count: graph.count)
        var total = 0.0
        for symbol in 0..<graph.count where !isSeen[symbol] {
            total += steps[symbol]
            guard total <= Self.mostSteps else {
                throw GrammarFault(
                    at: self.rules.symbols[symbol].offset,
                    "there are too many ways in which this can begin: where alternatives begin alike, write what they share once before them"
                )
            }
            isSeen[symbol] = true
            var rest = [symbol]
            while let next = rest.popLast() {
                for edge in graph.edges(of: next) where !isSeen[edge.target] {
                    isSeen[edge.target] = true
                    rest.append(edge.target)
                }
            }
        }
    }
}
