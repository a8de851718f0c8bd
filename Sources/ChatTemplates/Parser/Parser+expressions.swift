extension Parser {
    /// One expression, or several with commas between them, which make a tuple.
    mutating func tuple(
        withConditional: Bool = true,
        endsAt end: String? = nil,
        inParentheses: Bool = false
    ) throws(TemplateError) -> Expression {
        var items: [Expression] = []
        var isTuple = false
        while true {
            if !items.isEmpty {
                guard self.skipSymbol(",") else { break }
                isTuple = true
            }
            if self.isTupleEnd(end) { break }
            items.append(withConditional ? try self.expression() : try self.disjunction())
        }
        if !isTuple, let only = items.first { return only }
        guard isTuple || inParentheses else { throw self.unexpected("an expression") }
        return try self.checked(.tuple(Expression.Items(items)))
    }

    /// `a if b else c`
    mutating func expression() throws(TemplateError) -> Expression {
        try self.enter()
        defer { self.leave() }
        let wasConditional = self.isConditional
        defer { self.isConditional = wasConditional }
        // What an inline `if` guards may name filters that do not exist, and that it is one is not known before its `if`.
        self.isConditional = true
        let unknown = self.unknownNames.count
        var value = try self.disjunction()
        var isGuarded = false
        while self.skipName("if") {
            isGuarded = true
            let condition = try self.disjunction()
            let alternative = self.skipName("else") ? try self.expression() : nil
            value = try self.checked(.conditional(Expression.Conditional(if: condition, then: value, else: alternative)))
        }
        if isGuarded {
            self.unknownNames.removeSubrange(unknown...)
        } else if !wasConditional, let first = self.unknownNames.dropFirst(unknown).first {
            throw self.error(first.message, at: first.position)
        }
        return value
    }

    mutating func disjunction() throws(TemplateError) -> Expression {
        var left = try self.conjunction()
        while self.skipName("or") { left = try self.checked(.or(Expression.Operands(left, try self.conjunction()))) }
        return left
    }

    private mutating func conjunction() throws(TemplateError) -> Expression {
        var left = try self.negation()
        while self.skipName("and") { left = try self.checked(.and(Expression.Operands(left, try self.negation()))) }
        return left
    }

    private mutating func negation() throws(TemplateError) -> Expression {
        guard self.isName("not") else { return try self.comparison() }
        try self.enter()
        defer { self.leave() }
        let position = self.advance().position
        return try self.checked(.not(Expression.Operand(try self.negation(), position: position)))
    }

    private mutating func comparisonOperation() -> ComparisonOperation? {
        switch self.current.kind {
        case .symbol(let symbol):
            guard let operation = ComparisonOperation(rawValue: symbol) else { return nil }
            self.advance()
            return operation
        case .name("in"):
            self.advance()
            return .contained
        case .name("not") where self.next.kind == .name("in"):
            self.advance()
            self.advance()
            return .notContained
        default: return nil
        }
    }

    private mutating func comparison() throws(TemplateError) -> Expression {
        let first = try self.sum()
        let position = self.current.position
        var rest: [(operation: ComparisonOperation, operand: Expression)] = []
        while let operation = self.comparisonOperation() { rest.append((operation, try self.sum())) }
        return rest.isEmpty ? first : try self.checked(.comparison(Expression.Comparison(first, rest, position: position)))
    }

    private mutating func operation(_ symbols: [String]) -> (ArithmeticOperation, Int)? {
        guard case .symbol(let symbol) = self.current.kind, symbols.contains(symbol) else { return nil }
        return ArithmeticOperation(rawValue: symbol).map { ($0, self.advance().position) }
    }

    private mutating func sum() throws(TemplateError) -> Expression {
        var left = try self.concatenation()
        while let (operation, position) = self.operation(["+", "-"]) {
            left = try self.checked(.arithmetic(Expression.Arithmetic(operation, left, try self.concatenation(), position: position)))
        }
        return left
    }

    private mutating func concatenation() throws(TemplateError) -> Expression {
        var items = [try self.product()]
        while self.skipSymbol("~") { items.append(try self.product()) }
        return items.count == 1 ? items[0] : try self.checked(.concatenation(Expression.Items(items)))
    }

    private mutating func product() throws(TemplateError) -> Expression {
        var left = try self.power()
        while let (operation, position) = self.operation(["*", "/", "//", "%"]) {
            left = try self.checked(.arithmetic(Expression.Arithmetic(operation, left, try self.power(), position: position)))
        }
        return left
    }

    private mutating func power() throws(TemplateError) -> Expression {
        var left = try self.signed()
        while let (operation, position) = self.operation(["**"]) {
            left = try self.checked(.arithmetic(Expression.Arithmetic(operation, left, try self.signed(), position: position)))
        }
        return left
    }

    private mutating func signed(withFilter: Bool = true) throws(TemplateError) -> Expression {
        var value: Expression
        if self.isSymbol("-") || self.isSymbol("+") {
            try self.enter()
            defer { self.leave() }
            let isNegative = self.isSymbol("-")
            let position = self.advance().position
            let operand = Expression.Operand(try self.signed(withFilter: false), position: position)
            value = try self.checked(isNegative ? .negative(operand) : .positive(operand))
        } else {
            value = try self.primary()
        }
        value = try self.postfix(value)
        return withFilter ? try self.filtersAndTests(of: value) : value
    }

    mutating func primary() throws(TemplateError) -> Expression {
        let token = self.current
        switch token.kind {
        case .name(let name):
            self.advance()
            switch name {
            case "true", "True": return .constant(.boolean(true))
            case "false", "False": return .constant(.boolean(false))
            case "none", "None": return .constant(.none)
            default: return .name(self.name(name, position: token.position))
            }
        case .string(var text):
            self.advance()
            // Texts beside each other are one.
            while case .string(let more) = self.current.kind {
                text = Text(text.bytes + more.bytes)
                self.advance()
            }
            return .constant(.string(text))
        case .integer(let value):
            self.advance()
            return .constant(.integer(value))
        case .double(let value):
            self.advance()
            return .constant(.double(value))
        case .symbol("("):
            try self.enter()
            defer { self.leave() }
            self.advance()
            let value = try self.tuple(inParentheses: true)
            try self.expectSymbol(")")
            return value
        case .symbol("["): return try self.list()
        case .symbol("{"): return try self.dictionary()
        default: throw self.unexpected("an expression")
        }
    }

    private mutating func list() throws(TemplateError) -> Expression {
        self.advance()
        var items: [Expression] = []
        while !self.isSymbol("]") {
            if !items.isEmpty { try self.expectSymbol(",") }
            if self.isSymbol("]") { break }
            items.append(try self.expression())
        }
        self.advance()
        return try self.checked(.list(Expression.Items(items)))
    }

    private mutating func dictionary() throws(TemplateError) -> Expression {
        let position = self.advance().position
        var keys: [Expression] = []
        var values: [Expression] = []
        while !self.isSymbol("}") {
            if !keys.isEmpty { try self.expectSymbol(",") }
            if self.isSymbol("}") { break }
            keys.append(try self.expression())
            try self.expectSymbol(":")
            values.append(try self.expression())
        }
        self.advance()
        return try self.checked(.dictionary(Expression.Entries(keys: keys, values: values, position: position)))
    }
}
