/// Finds the variable of each use of a name.
struct ScopeResolver {
    private var analysis: ScopeAnalysis
    private var scopes: Scopes
    /// How many functions are around each.
    private var nesting: [Int]

    private init(_ counts: ParsedTemplate.Counts) {
        self.analysis = ScopeAnalysis(layouts: SlotLayouts(functions: counts.functions))
        self.scopes = Scopes(
            slots: Array(repeating: Slot(hops: 0, index: 0), count: counts.names),
            loads: Array(repeating: [], count: counts.scopes),
            loopSlots: Array(repeating: nil, count: counts.scopes),
            functions: Array(repeating: Scopes.FunctionLayout(), count: counts.functions)
        )
        self.nesting = Array(repeating: 0, count: counts.functions)
    }

    static func resolve(_ template: ParsedTemplate) -> Scopes {
        var resolver = ScopeResolver(template.counts)
        var symbols = ScopeSymbols(level: 0, function: 0, inside: nil)
        resolver.analysis.visit(template.statements, &symbols)
        resolver.finish(symbols, as: 0)
        resolver.resolve(template.statements, symbols)
        for (function, count) in resolver.analysis.layouts.counts.enumerated() { resolver.scopes.functions[function].slotCount = count }
        return resolver.scopes
    }

    /// A scope inside of another, in a function of its own or in the same.
    private mutating func inner(_ symbols: ScopeSymbols, function: FunctionID? = nil) -> ScopeSymbols {
        if let function { self.nesting[function] = self.nesting[symbols.function] + 1 }
        return ScopeSymbols(level: symbols.level + 1, function: function ?? symbols.function, inside: symbols)
    }

    private mutating func finish(_ symbols: ScopeSymbols, as scope: ScopeID) {
        self.scopes.loads[scope] = symbols.loads.map { place, load in
            switch load {
            case .variable(let name): (place.index, .variable(name))
            case .outer(let outer): (place.index, .outer(self.slot(outer, from: symbols.function)))
            case .undefined: (place.index, .undefined)
            case .parameter: (place.index, .parameter)
            }
        }
    }

    private func slot(_ place: ScopeSymbols.Place, from function: FunctionID) -> Slot {
        Slot(hops: self.nesting[function] - self.nesting[place.function], index: place.index)
    }

    private mutating func resolve(_ name: Expression.Name, _ symbols: ScopeSymbols) {
        // Whoever names a variable has loaded or stored it in the analysis.
        guard let place = symbols.place(of: name.name) else { return }
        self.scopes.slots[name.id] = self.slot(place, from: symbols.function)
    }

    private mutating func resolve(_ expression: Expression, _ symbols: ScopeSymbols) {
        expression.forEachName { self.resolve($0, symbols) }
    }

    private mutating func resolve(_ target: AssignTarget, _ symbols: ScopeSymbols) {
        for name in target.names { self.resolve(name, symbols) }
    }

    private mutating func resolve(_ statements: [Statement], _ symbols: ScopeSymbols) {
        for statement in statements { self.resolve(statement, symbols) }
    }

    private mutating func resolve(_ statement: Statement, _ symbols: ScopeSymbols) {
        switch statement {
        case .text, .breakLoop, .continueLoop: break
        case .output(let expression): self.resolve(expression, symbols)
        case .branch(let node):
            for branch in node.branches {
                self.resolve(branch.condition, symbols)
                self.resolve(branch.body, symbols)
            }
            self.resolve(node.otherwise, symbols)
        case .loop(let node): self.resolve(node, symbols)
        case .assignment(let target, let value, _):
            self.resolve(value, symbols)
            self.resolve(target, symbols)
        case .blockAssignment(let node):
            self.resolve(node.target, symbols)
            self.resolveInner(node.body, filter: node.filter, scope: node.scope, symbols)
        case .filterBlock(let node): self.resolveInner(node.body, filter: node.filter, scope: node.scope, symbols)
        case .macro(let name, let function):
            self.resolve(name, symbols)
            self.resolve(function, symbols)
        case .callBlock(let node):
            self.resolve(.call(node.call), symbols)
            self.resolve(node.caller, symbols)
        case .generation(let function): self.resolve(function, symbols)
        case .with(let node):
            for value in node.values { self.resolve(value, symbols) }
            var inside = self.inner(symbols)
            for target in node.targets { self.analysis.declare(target, &inside) }
            self.analysis.visit(node.body, &inside)
            self.finish(inside, as: node.scope)
            for target in node.targets { self.resolve(target, inside) }
            self.resolve(node.body, inside)
        }
    }

    private mutating func resolveInner(_ body: [Statement], filter: Expression?, scope: ScopeID, _ symbols: ScopeSymbols) {
        var inside = self.inner(symbols)
        self.analysis.visit(body, &inside)
        if let filter { self.analysis.load(filter, &inside) }
        self.finish(inside, as: scope)
        if let filter { self.resolve(filter, inside) }
        self.resolve(body, inside)
    }

    private mutating func resolve(_ node: Statement.Loop, _ symbols: ScopeSymbols) {
        self.resolve(node.items, symbols)
        var inside = self.inner(symbols, function: node.function)
        let usesLoop = node.function != nil || Self.usesName("loop", node.body)
        if usesLoop {
            inside.declareParameter("loop", in: &self.analysis.layouts)
            self.scopes.loopSlots[node.scope] = inside.place(of: "loop")?.index
        }
        self.analysis.declare(node.target, &inside)
        self.analysis.visit(node.body, &inside)
        self.finish(inside, as: node.scope)
        self.resolve(node.target, inside)
        self.resolve(node.body, inside)

        var otherwise = self.inner(symbols, function: node.function)
        self.analysis.visit(node.otherwise, &otherwise)
        self.finish(otherwise, as: node.otherwiseScope)
        self.resolve(node.otherwise, otherwise)

        guard let condition = node.condition else { return }
        // The condition is a function beside the loop's own, not inside of it.
        var tested = self.inner(symbols, function: condition.function)
        self.analysis.declare(condition.target, &tested)
        self.analysis.load(condition.test, &tested)
        self.finish(tested, as: condition.scope)
        self.resolve(condition.target, tested)
        self.resolve(condition.test, tested)
    }

    private mutating func resolve(_ function: Statement.Function, _ symbols: ScopeSymbols) {
        var inside = self.inner(symbols, function: function.id)
        for parameter in function.parameters { inside.declareParameter(parameter.name, in: &self.analysis.layouts) }
        let names = function.parameters.map(\.name)
        func special(_ name: String) -> Int? {
            guard !names.contains(name), Self.usesName(name, function.body) else { return nil }
            inside.declareParameter(name, in: &self.analysis.layouts)
            return inside.place(of: name)?.index
        }
        self.scopes.functions[function.id].caller = special("caller")
        self.scopes.functions[function.id].keywords = special("kwargs")
        self.scopes.functions[function.id].positional = special("varargs")
        for value in function.defaults { self.analysis.load(value, &inside) }
        self.analysis.visit(function.body, &inside)
        self.finish(inside, as: function.scope)
        for parameter in function.parameters { self.resolve(parameter, inside) }
        for value in function.defaults { self.resolve(value, inside) }
        self.resolve(function.body, inside)
    }

    /// Whether a name is read anywhere in statements before it is assigned there, in whatever scope.
    private static func usesName(_ name: String, _ statements: [Statement]) -> Bool {
        var search = NameSearch(name)
        search.visit(statements)
        return search.isUsed
    }
}
