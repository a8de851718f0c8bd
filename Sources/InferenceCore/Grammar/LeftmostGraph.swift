/// Which rules a rule may begin with, before anything has taken a character.
struct LeftmostGraph: Sendable {
    struct Edge: Sendable {
        var target: Int
        /// Whether something stands after the reference in its alternative.
        var isFollowed: Bool
    }

    private var edges: [Edge] = []
    /// Where each rule's edges begin in `edges`, and where the last one's end.
    private var starts: [Int] = [0]

    var count: Int { self.starts.count - 1 }

    /// - Parameter mayBeEmpty: For each symbol, whether what follows it can come first too.
    init(_ rules: GrammarRules, mayBeEmpty: [Bool]) {
        for symbol in rules.symbols.indices {
            let body = rules.body(of: symbol)
            var isLeftmost = true
            for index in body.indices {
                switch body[index] {
                case .alternative:
                    isLeftmost = true
                case .terminal:
                    isLeftmost = false
                case .reference(let target):
                    guard isLeftmost else { continue }
                    let isFollowed = index + 1 < body.endIndex && body[index + 1] != .alternative
                    self.edges.append(Edge(target: Int(target), isFollowed: isFollowed))
                    isLeftmost = mayBeEmpty[Int(target)]
                }
            }
            self.starts.append(self.edges.count)
        }
    }

    func edges(of symbol: Int) -> ArraySlice<Edge> {
        self.edges[self.starts[symbol]..<self.starts[symbol + 1]]
    }

    /// The strongly connected components (Tarjan's algorithm, with a stack of its own).
    ///
    /// - Returns: The component of each symbol, and the symbols in an order in which each comes after those it leads to outside its component.
    func components() -> (component: [Int], order: [Int]) {
        var component = Array(repeating: -1, count: self.count)
        var order: [Int] = []
        var index = Array(repeating: -1, count: self.count)
        var low = index
        var open: [Int] = []
        var calls: [(symbol: Int, edge: Int)] = []
        var found = 0

        for root in 0..<self.count where index[root] < 0 {
            calls.append((root, self.starts[root]))
            while let (symbol, edge) = calls.popLast() {
                if index[symbol] < 0 {
                    index[symbol] = found
                    low[symbol] = found
                    found += 1
                    open.append(symbol)
                }
                if edge < self.starts[symbol + 1] {
                    let target = self.edges[edge].target
                    if index[target] < 0 {
                        calls.append((symbol, edge))
                        calls.append((target, self.starts[target]))
                    } else {
                        if component[target] < 0 { low[symbol] = min(low[symbol], low[target]) }
                        calls.append((symbol, edge + 1))
                    }
                } else if low[symbol] == index[symbol] {
                    while let member = open.popLast() {
                        component[member] = symbol
                        order.append(member)
                        if member == symbol { break }
                    }
                }
            }
        }
        return (component, order)
    }

    /// The shortest way from a symbol to another inside one component, both ends included.
    func path(from start: Int, to end: Int, in component: [Int]) -> [Int] {
        var cameFrom: [Int: Int] = [start: start]
        var queue = [start]
        var head = 0
        while head < queue.count, cameFrom[end] == nil {
            let symbol = queue[head]
            head += 1
            for edge in self.edges(of: symbol) where component[edge.target] == component[start] && cameFrom[edge.target] == nil {
                cameFrom[edge.target] = symbol
                queue.append(edge.target)
            }
        }
        var path = [end]
        var symbol = end
        while symbol != start, let previous = cameFrom[symbol] {
            path.append(previous)
            symbol = previous
        }
        return path.reversed()
    }
}
