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
            items.append(withConditional ? try self.expression() : try self.binary(.disjunction))
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
        var value = try self.binary(.disjunction)
        var isGuarded = false
        while self.skipName("if") {
            isGuarded = true
            let condition = try self.binary(.disjunction)
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

    /// How tightly operators bind, the loosest first.
    enum Precedence: Int {
        case disjunction
        case conjunction
        case negation
        case comparison
        case sum
        case concatenation
        case product
        case power
        case operand
    }

    /// How tightly the operator binds that the current token is; nil where it is none.
    private var precedence: Precedence? {
        switch self.current.kind {
        case .name("or"): .disjunction
        case .name("and"): .conjunction
        case .name("in"): .comparison
        case .name("not"): self.next.kind == .name("in") ? .comparison : nil
        case .symbol(let symbol):
            switch symbol {
            case "+", "-": .sum
            case "~": .concatenation
            case "*", "/", "//", "%": .product
            case "**": .power
            case "==", "!=", "<", "<=", ">", ">=": .comparison
            default: nil
            }
        default: nil
        }
    }

    /// Operands with operators between them that bind at least as tightly as one. All of them bind to the left, `**` too.
    mutating func binary(_ lowest: Precedence) throws(TemplateError) -> Expression {
        var left = lowest.rawValue <= Precedence.negation.rawValue && self.isName("not") ? try self.negation() : try self.signed()
        while let precedence = self.precedence, precedence.rawValue >= lowest.rawValue {
            left = try self.checked(try self.combined(left, precedence, Precedence(rawValue: precedence.rawValue + 1) ?? .operand))
        }
        return left
    }

    private mutating func combined(_ left: Expression, _ precedence: Precedence, _ tighter: Precedence) throws(TemplateError) -> Expression
    {
        switch precedence {
        case .comparison: return try self.comparison(left)
        case .concatenation: return try self.concatenation(left)
        default: break
        }
        let token = self.advance()
        let right = try self.binary(tighter)
        if precedence == .disjunction { return .or(Expression.Operands(left, right)) }
        if precedence == .conjunction { return .and(Expression.Operands(left, right)) }
        guard case .symbol(let symbol) = token.kind, let operation = ArithmeticOperation(rawValue: symbol) else {
            throw self.error("expected an operator, found \(token.description)", at: token.position)
        }
        return .arithmetic(Expression.Arithmetic(operation, left, right, position: token.position))
    }

    private mutating func negation() throws(TemplateError) -> Expression {
        try self.enter()
        defer { self.leave() }
        let position = self.advance().position
        return try self.checked(.not(Expression.Operand(try self.binary(.negation), position: position)))
    }

    private mutating func comparison(_ first: Expression) throws(TemplateError) -> Expression {
        let position = self.current.position
        var rest: [(operation: ComparisonOperation, operand: Expression)] = []
        while let operation = self.comparisonOperation() { rest.append((operation, try self.binary(.sum))) }
        return .comparison(Expression.Comparison(first, rest, position: position))
    }

    private mutating func comparisonOperation() -> ComparisonOperation? {
        guard self.precedence == .comparison else { return nil }
        switch self.advance().kind {
        case .symbol(let symbol): return ComparisonOperation(rawValue: symbol)
        case .name("in"): return .contained
        default:
            self.advance()
            return .notContained
        }
    }

    private mutating func concatenation(_ first: Expression) throws(TemplateError) -> Expression {
        var items = [first]
        while self.skipSymbol("~") { items.append(try self.binary(.product)) }
        return .concatenation(Expression.Items(items))
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
