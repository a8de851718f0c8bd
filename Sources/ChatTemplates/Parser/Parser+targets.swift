extension Parser {
    /// What stands left of `=` or of `in`: a name or several, in parentheses or not; `namespace.attribute` where that may be assigned.
    mutating func target(endsAt end: String?, _ tag: Int, withAttributes: Bool = false) throws(TemplateError) -> AssignTarget {
        try self.enter()
        defer { self.leave() }
        var targets: [AssignTarget] = []
        var isTuple = false
        while true {
            if !targets.isEmpty {
                guard self.skipSymbol(",") else { break }
                isTuple = true
            }
            if self.isTupleEnd(end) || self.isSymbol("=") { break }
            targets.append(try self.singleTarget(tag, withAttributes: withAttributes))
        }
        if !isTuple, let only = targets.first { return only }
        guard !targets.isEmpty else { throw self.unexpected("the name of a variable") }
        return .items(targets)
    }

    private mutating func singleTarget(_ tag: Int, withAttributes: Bool) throws(TemplateError) -> AssignTarget {
        if self.skipSymbol("(") {
            let inner = try self.target(endsAt: nil, tag, withAttributes: withAttributes)
            try self.expectSymbol(")")
            return inner
        }
        let (text, position) = try self.expectName("the name of a variable")
        guard !["true", "false", "none", "True", "False", "None"].contains(text) else {
            throw self.error("'\(text)' cannot be assigned to", at: position)
        }
        guard text != "loop" || self.openLoops == 0 || self.isSymbol(".") else {
            throw self.error("'loop' is the loop's own and cannot be assigned to", at: position)
        }
        let name = self.name(text, position: position)
        guard withAttributes, self.skipSymbol(".") else { return .name(name) }
        return .attribute(name, Text(try self.expectName("the name of an attribute").name))
    }

    func isTupleEnd(_ end: String?) -> Bool {
        switch self.current.kind {
        case .outputEnd, .blockEnd, .symbol(")"): true
        case .name(let name): name == end
        default: false
        }
    }
}

extension AssignTarget {
    /// The same names as other uses, whose numbers are so much higher.
    func renumbered(from offset: Int) -> AssignTarget {
        switch self {
        case .name(let name): .name(Expression.Name(name.name, id: name.id + offset, position: name.position))
        case .attribute(let name, let attribute):
            .attribute(Expression.Name(name.name, id: name.id + offset, position: name.position), attribute)
        case .items(let targets): .items(targets.map { $0.renumbered(from: offset) })
        }
    }
}
