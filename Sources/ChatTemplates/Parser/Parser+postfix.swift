extension Parser {
    /// Attributes, items and calls behind a value.
    mutating func postfix(_ value: Expression) throws(TemplateError) -> Expression {
        var value = value
        while case .symbol(let symbol) = self.current.kind {
            switch symbol {
            case ".": value = try self.attribute(of: value)
            case "[": value = try self.item(of: value)
            case "(": value = try self.call(value)
            default: return value
            }
            value = try self.checked(value)
        }
        return value
    }

    mutating func filtersAndTests(of value: Expression) throws(TemplateError) -> Expression {
        var value = value
        while true {
            if self.isSymbol("|") {
                value = try self.filters(of: value)
            } else if self.isName("is") {
                value = try self.test(of: value)
            } else if self.isSymbol("(") {
                value = try self.checked(try self.call(value))
            } else {
                return value
            }
        }
    }

    private mutating func attribute(of value: Expression) throws(TemplateError) -> Expression {
        self.advance()
        let token = self.advance()
        switch token.kind {
        case .name(let name): return .attribute(Expression.Attribute(Text(name), of: value, position: token.position))
        case .integer(let index): return .item(Expression.Item(.constant(.integer(index)), of: value, position: token.position))
        default: throw self.error("expected the name of an attribute or a number, found \(token.description)", at: token.position)
        }
    }

    private mutating func item(of value: Expression) throws(TemplateError) -> Expression {
        let position = self.advance().position
        var keys: [Expression] = []
        var slice: Expression?
        while !self.isSymbol("]") {
            if !keys.isEmpty || slice != nil { try self.expectSymbol(",") }
            let start = self.isSymbol(":") ? nil : try self.expression()
            guard self.skipSymbol(":") else {
                if let start { keys.append(start) }
                continue
            }
            guard keys.isEmpty, slice == nil else { throw self.error("a slice stands alone in its brackets", at: position) }
            func isBound() -> Bool { !self.isSymbol(":") && !self.isSymbol("]") && !self.isSymbol(",") }
            let stop = isBound() ? try self.expression() : nil
            let step = self.skipSymbol(":") && isBound() ? try self.expression() : nil
            slice = .slice(Expression.Slice(of: value, start: start, stop: stop, step: step, position: position))
        }
        try self.expectSymbol("]")
        if let slice {
            guard keys.isEmpty else { throw self.error("a slice stands alone in its brackets", at: position) }
            return slice
        }
        guard let first = keys.first else { throw self.error("expected an index or a key", at: position) }
        let key = keys.count == 1 ? first : .tuple(Expression.Items(keys))
        return .item(Expression.Item(key, of: value, position: position))
    }

    private mutating func call(_ function: Expression) throws(TemplateError) -> Expression {
        let position = self.current.position
        return .call(Expression.Call(function, try self.arguments(), position: position))
    }

    mutating func arguments() throws(TemplateError) -> Expression.ArgumentList {
        try self.expectSymbol("(")
        var positional: [Expression] = []
        var keywords: [(name: String, value: Expression)] = []
        var unpacked: Expression?
        var unpackedKeywords: Expression?
        var isFirst = true
        while !self.isSymbol(")") {
            if !isFirst { try self.expectSymbol(",") }
            if self.isSymbol(")") { break }
            isFirst = false
            let token = self.current
            func check(_ condition: Bool) throws(TemplateError) {
                guard condition else { throw self.error("an argument may not stand behind this one", at: token.position) }
            }
            if self.skipSymbol("*") {
                try check(unpacked == nil && unpackedKeywords == nil)
                unpacked = try self.expression()
            } else if self.skipSymbol("**") {
                try check(unpackedKeywords == nil)
                unpackedKeywords = try self.expression()
            } else if case .name(let name) = token.kind, self.next.kind == .symbol("=") {
                try check(unpackedKeywords == nil)
                guard !keywords.contains(where: { $0.name == name }) else {
                    throw self.error("a second argument '\(name)'", at: token.position)
                }
                self.advance()
                self.advance()
                keywords.append((name, try self.expression()))
            } else {
                try check(unpacked == nil && unpackedKeywords == nil && keywords.isEmpty)
                positional.append(try self.expression())
            }
        }
        try self.expectSymbol(")")
        return Expression.ArgumentList(
            positional: positional,
            keywords: keywords,
            unpacked: unpacked,
            unpackedKeywords: unpackedKeywords
        )
    }

    /// A name that may have dots.
    private mutating func dottedName(_ what: String) throws(TemplateError) -> (name: String, position: Int) {
        var (name, position) = try self.expectName(what)
        while self.skipSymbol(".") { name += "." + (try self.expectName(what).name) }
        return (name, position)
    }

    /// One filter behind another. Without an input they are those of a block.
    mutating func filters(of input: Expression?, startsWithName: Bool = false) throws(TemplateError) -> Expression {
        var value = input
        var isFirst = startsWithName
        while isFirst || self.skipSymbol("|") {
            isFirst = false
            let (name, position) = try self.dottedName("the name of a filter")
            let arguments = self.isSymbol("(") ? try self.arguments() : .none
            let call = Expression.FilterCall(name, of: value, arguments, position: position)
            if call.filter == nil { try self.report("there is no filter named '\(name)'", at: position) }
            value = try self.checked(.filter(call))
        }
        guard let value else { throw self.unexpected("a filter") }
        return value
    }

    private mutating func test(of input: Expression) throws(TemplateError) -> Expression {
        let position = self.advance().position
        let isNegated = self.skipName("not")
        let (name, namePosition) = try self.dottedName("the name of a test")
        let arguments = try self.testArguments()
        let call = Expression.TestCall(name, of: input, arguments, position: namePosition)
        if call.test == nil { try self.report("there is no test named '\(name)'", at: namePosition) }
        let test = try self.checked(.test(call))
        return isNegated ? try self.checked(.not(Expression.Operand(test, position: position))) : test
    }

    /// Arguments in parentheses, or a single one without.
    private mutating func testArguments() throws(TemplateError) -> Expression.ArgumentList {
        switch self.current.kind {
        case .symbol("("): return try self.arguments()
        case .name("else"), .name("or"), .name("and"): return .none
        case .name("is"): throw self.error("tests cannot be chained; write 'and' between them", at: self.current.position)
        case .name, .string, .integer, .double, .symbol("["), .symbol("{"):
            let argument = try self.postfix(try self.primary())
            return Expression.ArgumentList(positional: [argument], keywords: [], unpacked: nil, unpackedKeywords: nil)
        default: return .none
        }
    }

    /// An unknown filter or test: an error at once, unless an `if` may keep it from being called.
    private mutating func report(_ message: String, at position: Int) throws(TemplateError) {
        guard self.isConditional else { throw self.error(message, at: position) }
        self.unknownNames.append((message, position))
    }
}
