extension Parser {
    /// Statements up to a tag of one of the names, which is then the current token; with no names up to the end of the template.
    mutating func statements(until ends: [String]) throws(TemplateError) -> [Statement] {
        try self.enter()
        defer { self.leave() }
        var statements: [Statement] = []
        while true {
            switch self.current.kind {
            case .text(let bytes):
                statements.append(.text(bytes))
                self.advance()
            case .outputBegin:
                self.advance()
                statements.append(.output(try self.tuple()))
                guard self.current.kind == .outputEnd else { throw self.unexpected("'}}'") }
                self.advance()
            case .blockBegin:
                self.advance()
                if case .name(let name) = self.current.kind, ends.contains(name) { return statements }
                statements.append(contentsOf: try self.statement())
                try self.expectBlockEnd()
            default:
                guard ends.isEmpty else { throw self.unclosed(ends) }
                return statements
            }
        }
    }

    private func unclosed(_ ends: [String]) -> TemplateError {
        let expected = ends.map { "'{% \($0) %}'" }.joined(separator: " or ")
        guard let open = self.openTags.last else { return self.error("expected \(expected)", at: self.current.position) }
        return self.error("'\(open.name)' is never closed; expected \(expected)", at: open.position)
    }

    /// The body of the innermost tag, which ends with one of the names.
    private mutating func body(until ends: [String]) throws(TemplateError) -> [Statement] {
        _ = self.skipSymbol(":")
        try self.expectBlockEnd()
        return try self.statements(until: ends)
    }

    /// The body of the innermost tag and the name that ends it.
    private mutating func closedBody(_ end: String) throws(TemplateError) -> [Statement] {
        let body = try self.body(until: [end])
        self.advance()
        return body
    }

    private mutating func statement() throws(TemplateError) -> [Statement] {
        let (tag, position) = try self.expectName("the name of a tag")
        self.openTags.append((tag, position))
        defer { self.openTags.removeLast() }
        switch tag {
        case "if": return [try self.branch()]
        case "for": return [try self.loop(position)]
        case "set": return [try self.assignment(position)]
        case "macro": return [try self.macro(position)]
        case "call": return [try self.callBlock(position)]
        case "filter": return [try self.filterBlock()]
        case "with": return [try self.with(position)]
        case "generation": return [.generation(try self.function(name: nil, signature: ([], []), end: "endgeneration", position))]
        case "print": return try self.print()
        case "break", "continue":
            guard self.loops > 0 else { throw self.error("'\(tag)' outside of a loop", at: position) }
            return [tag == "break" ? .breakLoop : .continueLoop]
        case "block", "extends", "include", "import", "from":
            throw self.error("'\(tag)' combines templates; a chat template stands alone", at: position)
        default: throw self.unknown(tag, position)
        }
    }

    private func unknown(_ tag: String, _ position: Int) -> TemplateError {
        guard self.openTags.count > 1, tag.hasPrefix("end") || ["else", "elif"].contains(tag) else {
            return self.error("unknown tag '\(tag)'", at: position)
        }
        let open = self.openTags[self.openTags.count - 2]
        return self.error("'\(tag)' does not belong here; '\(open.name)' is still open", at: position)
    }

    private mutating func branch() throws(TemplateError) -> Statement {
        let wasConditional = self.isConditional
        self.isConditional = true
        defer { self.isConditional = wasConditional }
        var branches: [(condition: Expression, body: [Statement])] = []
        while true {
            let condition = try self.tuple(withConditional: false)
            branches.append((condition, try self.body(until: ["elif", "else", "endif"])))
            guard case .name(let end) = self.advance().kind else { break }
            if end == "endif" { break }
            if end == "else" { return .branch(Statement.Branch(branches, otherwise: try self.closedBody("endif"))) }
        }
        return .branch(Statement.Branch(branches, otherwise: []))
    }

    private mutating func loop(_ position: Int) throws(TemplateError) -> Statement {
        let wasConditional = self.isConditional
        self.isConditional = false
        defer { self.isConditional = wasConditional }
        let start = self.counts.names
        let target = try self.target(endsAt: "in", position)
        let targetNames = self.counts.names - start
        guard self.skipName("in") else { throw self.unexpected("'in'") }
        self.isConditional = wasConditional
        let items = try self.tuple(withConditional: false, endsAt: "recursive")
        self.isConditional = false
        var condition: (target: AssignTarget, test: Expression, function: FunctionID, scope: ScopeID)?
        if self.skipName("if") {
            // The condition runs in a scope of its own, with the same names.
            let copy = target.renumbered(from: self.counts.names - start)
            self.counts.names += targetNames
            condition = (copy, try self.expression(), self.newFunction(), self.newScope())
        }
        let isRecursive = self.skipName("recursive")
        if target.names.contains(where: { $0.name == "loop" }) {
            throw self.error("'loop' is the loop's own and cannot be assigned to", at: position)
        }
        let scope = self.newScope()
        self.loops += 1
        self.openLoops += 1
        defer { self.openLoops -= 1 }
        let body = try self.body(until: ["endfor", "else"])
        self.loops -= 1
        var otherwise: [Statement] = []
        if self.advance().kind == .name("else") { otherwise = try self.closedBody("endfor") }
        return .loop(
            Statement.Loop(
                target: target,
                items: items,
                condition: condition,
                body: body,
                otherwise: otherwise,
                scope: scope,
                otherwiseScope: self.newScope(),
                function: isRecursive ? self.newFunction() : nil,
                position: position
            )
        )
    }

    private mutating func assignment(_ position: Int) throws(TemplateError) -> Statement {
        let target = try self.target(endsAt: nil, position, withAttributes: true)
        if self.skipSymbol("=") { return .assignment(target, try self.tuple(), position: position) }
        let wasConditional = self.isConditional
        self.isConditional = false
        defer { self.isConditional = wasConditional }
        let filter = self.isSymbol("|") ? try self.filters(of: nil) : nil
        let body = try self.closedBody("endset")
        return .blockAssignment(
            Statement.BlockAssignment(target: target, filter: filter, body: body, scope: self.newScope(), position: position)
        )
    }

    private mutating func filterBlock() throws(TemplateError) -> Statement {
        let wasConditional = self.isConditional
        self.isConditional = false
        defer { self.isConditional = wasConditional }
        let filter = try self.filters(of: nil, startsWithName: true)
        let body = try self.closedBody("endfilter")
        return .filterBlock(Statement.FilterBlock(filter: filter, body: body, scope: self.newScope()))
    }

    private mutating func with(_ position: Int) throws(TemplateError) -> Statement {
        let wasConditional = self.isConditional
        self.isConditional = false
        defer { self.isConditional = wasConditional }
        var targets: [AssignTarget] = []
        var values: [Expression] = []
        while self.current.kind != .blockEnd {
            if !targets.isEmpty { try self.expectSymbol(",") }
            targets.append(try self.target(endsAt: nil, position))
            try self.expectSymbol("=")
            values.append(try self.expression())
        }
        let body = try self.closedBody("endwith")
        return .with(Statement.With(targets: targets, values: values, body: body, scope: self.newScope(), position: position))
    }

    private mutating func print() throws(TemplateError) -> [Statement] {
        var statements: [Statement] = []
        while self.current.kind != .blockEnd {
            if !statements.isEmpty { try self.expectSymbol(",") }
            statements.append(.output(try self.expression()))
        }
        return statements
    }

    // MARK: functions

    private mutating func macro(_ position: Int) throws(TemplateError) -> Statement {
        let (text, namePosition) = try self.expectName("the name of the macro")
        let name = self.name(text, position: namePosition)
        return .macro(name, try self.function(name: text, signature: try self.signature(), end: "endmacro", position))
    }

    private mutating func callBlock(_ position: Int) throws(TemplateError) -> Statement {
        let signature = self.isSymbol("(") ? try self.signature() : ([], [])
        let start = self.current.position
        guard case .call(let call) = try self.expression() else { throw self.error("expected the call of a macro", at: start) }
        let caller = try self.function(name: nil, signature: signature, end: "endcall", position)
        return .callBlock(Statement.CallBlock(call: call, caller: caller))
    }

    private mutating func signature() throws(TemplateError) -> ([Expression.Name], [Expression]) {
        var parameters: [Expression.Name] = []
        var defaults: [Expression] = []
        try self.expectSymbol("(")
        while !self.isSymbol(")") {
            if !parameters.isEmpty { try self.expectSymbol(",") }
            let (name, position) = try self.expectName("the name of a parameter")
            guard !parameters.contains(where: { $0.name == name }) else { throw self.error("a second parameter '\(name)'", at: position) }
            parameters.append(self.name(name, position: position))
            if self.skipSymbol("=") {
                defaults.append(try self.expression())
            } else if !defaults.isEmpty {
                throw self.error("the parameter '\(name)' has no default, but one before it has", at: position)
            }
        }
        try self.expectSymbol(")")
        return (parameters, defaults)
    }

    private mutating func function(
        name: String?,
        signature: ([Expression.Name], [Expression]),
        end: String,
        _ position: Int
    ) throws(TemplateError) -> Statement.Function {
        let (id, scope) = (self.newFunction(), self.newScope())
        if let caller = signature.0.firstIndex(where: { $0.name == "caller" }), caller < signature.0.count - signature.1.count {
            throw self.error("the parameter 'caller' must have a default, or be left out", at: signature.0[caller].position)
        }
        let (outerLoops, wasConditional) = (self.loops, self.isConditional)
        (self.loops, self.isConditional) = (0, false)
        defer { (self.loops, self.isConditional) = (outerLoops, wasConditional) }
        return Statement.Function(
            name: name,
            parameters: signature.0,
            defaults: signature.1,
            body: try self.closedBody(end),
            id: id,
            scope: scope,
            position: position
        )
    }
}
