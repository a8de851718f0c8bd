/// Which names a scope loads and assigns: goes through its statements, but not into those that open scopes of their own.
struct ScopeAnalysis {
    var layouts: SlotLayouts

    mutating func visit(_ statements: [Statement], _ symbols: inout ScopeSymbols) {
        for statement in statements { self.visit(statement, &symbols) }
    }

    private mutating func visit(_ statement: Statement, _ symbols: inout ScopeSymbols) {
        switch statement {
        case .text, .breakLoop, .continueLoop, .generation: break
        case .output(let expression): self.load(expression, &symbols)
        case .branch(let node): self.visit(node, &symbols)
        case .loop(let node): self.load(node.items, &symbols)
        case .assignment(let target, let value, _):
            self.load(value, &symbols)
            self.store(target, &symbols)
        case .blockAssignment(let node): self.store(node.target, &symbols)
        case .macro(let name, _): symbols.store(name.name, in: &self.layouts)
        case .callBlock(let node): self.load(.call(node.call), &symbols)
        case .filterBlock(let node): self.load(node.filter, &symbols)
        case .with(let node):
            for value in node.values { self.load(value, &symbols) }
        }
    }

    private mutating func visit(_ node: Statement.Branch, _ symbols: inout ScopeSymbols) {
        guard let first = node.branches.first else { return }
        self.load(first.condition, &symbols)
        var body = symbols
        self.visit(first.body, &body)
        var others = symbols
        for branch in node.branches.dropFirst() {
            // Each `elif` is an `if` of its own in a scope that they share.
            self.load(branch.condition, &others)
            var body = others
            self.visit(branch.body, &body)
            others.merge([body])
        }
        var otherwise = symbols
        self.visit(node.otherwise, &otherwise)
        symbols.merge([body, others, otherwise])
    }

    mutating func store(_ target: AssignTarget, _ symbols: inout ScopeSymbols) {
        switch target {
        case .name(let name): symbols.store(name.name, in: &self.layouts)
        case .attribute(let name, _): symbols.load(name.name, in: &self.layouts)
        case .items(let targets):
            for target in targets { self.store(target, &symbols) }
        }
    }

    mutating func declare(_ target: AssignTarget, _ symbols: inout ScopeSymbols) {
        for name in target.names { symbols.declareParameter(name.name, in: &self.layouts) }
    }

    mutating func load(_ expression: Expression, _ symbols: inout ScopeSymbols) {
        expression.forEachName { name in symbols.load(name.name, in: &self.layouts) }
    }
}

extension Expression {
    /// Calls a function for each name in the expression.
    func forEachName(_ body: (Name) -> Void) {
        if case .name(let name) = self { return body(name) }
        for part in self.parts { part.forEachName(body) }
    }

    /// What the expression is made of.
    private var parts: [Expression] {
        switch self {
        case .constant, .name: []
        case .tuple(let node), .list(let node), .concatenation(let node): node.items
        case .dictionary(let node): node.keys + node.values
        case .not(let node), .negative(let node), .positive(let node): [node.operand]
        case .and(let node), .or(let node): [node.left, node.right]
        case .arithmetic(let node): [node.left, node.right]
        case .comparison(let node): [node.first] + node.rest.map(\.operand)
        case .conditional(let node): [node.condition, node.value] + (node.alternative.map { [$0] } ?? [])
        case .attribute(let node): [node.base]
        case .item(let node): [node.base, node.key]
        case .slice(let node): [node.base] + [node.start, node.stop, node.step].compactMap(\.self)
        case .call(let node): [node.function] + node.arguments.all
        case .filter(let node): (node.input.map { [$0] } ?? []) + node.arguments.all
        case .test(let node): [node.input] + node.arguments.all
        }
    }
}
