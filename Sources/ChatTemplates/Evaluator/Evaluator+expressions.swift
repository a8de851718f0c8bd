extension Evaluator {
    func evaluate(_ expression: Expression) throws(TemplateError) -> Value {
        switch expression {
        case .constant(let constant): return Self.value(of: constant)
        case .name(let name): return self.evaluate(name)
        default: break
        }
        try self.charge(1)
        try self.enter()
        defer { self.leave() }
        switch expression {
        case .constant, .name: return .none
        case .tuple(let node): return try self.tuple(try self.evaluate(node.items))
        case .list(let node): return try self.list(try self.evaluate(node.items))
        case .dictionary(let node): return try self.evaluate(node)
        case .not(let node): return .boolean(!(try self.evaluate(node.operand).isTrue))
        case .negative(let node): return try self.signed(node, isNegative: true)
        case .positive(let node): return try self.signed(node, isNegative: false)
        case .and(let node): return try self.conjunction(node)
        case .or(let node): return try self.disjunction(node)
        case .arithmetic(let node): return try self.evaluate(node)
        case .comparison(let node): return try self.evaluate(node)
        case .concatenation(let node): return try self.concatenate(node.items)
        case .conditional(let node): return try self.evaluate(node)
        case .attribute(let node): return try self.evaluate(node)
        case .item(let node): return try self.evaluate(node)
        case .slice(let node): return try self.evaluate(node)
        case .call(let node): return try self.evaluate(node, caller: nil)
        case .filter(let node): return try self.evaluate(node)
        case .test(let node): return try self.evaluate(node)
        }
    }

    func evaluate(_ expressions: [Expression]) throws(TemplateError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try self.evaluate(expression)) }
        return values
    }

    private static func value(of constant: Expression.Constant) -> Value {
        switch constant {
        case .none: .none
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        case .string(let text): .string(text)
        }
    }

    private func evaluate(_ name: Expression.Name) -> Value {
        self.value(of: self.program.scopes.slots[name.id]) ?? Undefined.name(name.name)
    }

    private func evaluate(_ node: Expression.Entries) throws(TemplateError) -> Value {
        var keys: [Value] = []
        var values: [Value] = []
        for (key, value) in zip(node.keys, node.values) {
            keys.append(try self.evaluate(key))
            values.append(try self.evaluate(value))
        }
        self.position = node.position
        return try self.dictionary(keys: keys, values: values)
    }

    private func conjunction(_ node: Expression.Operands) throws(TemplateError) -> Value {
        let left = try self.evaluate(node.left)
        return left.isTrue ? try self.evaluate(node.right) : left
    }

    private func disjunction(_ node: Expression.Operands) throws(TemplateError) -> Value {
        let left = try self.evaluate(node.left)
        return left.isTrue ? left : try self.evaluate(node.right)
    }

    private func signed(_ node: Expression.Operand, isNegative: Bool) throws(TemplateError) -> Value {
        let operand = try self.evaluate(node.operand)
        self.position = node.position
        if case .undefined(let undefined) = operand { throw undefined.error }
        if case .double(let value) = operand { return .double(isNegative ? -value : value) }
        guard let value = operand.int else {
            throw .type("bad operand type for unary \(isNegative ? "-" : "+"): '\(operand.typeName)'")
        }
        guard !isNegative || value != .min else { throw .value("the result of an operation is beyond 64 bits") }
        return .integer(isNegative ? -value : value)
    }

    private func evaluate(_ node: Expression.Arithmetic) throws(TemplateError) -> Value {
        let left = try self.evaluate(node.left)
        let right = try self.evaluate(node.right)
        self.position = node.position
        return try self.compute(node.operation, left, right)
    }

    private func evaluate(_ node: Expression.Comparison) throws(TemplateError) -> Value {
        var left = try self.evaluate(node.first)
        for (operation, operand) in node.rest {
            let right = try self.evaluate(operand)
            self.position = node.position
            guard try self.compare(left, operation, right) else { return .boolean(false) }
            left = right
        }
        return .boolean(true)
    }

    private func concatenate(_ items: [Expression]) throws(TemplateError) -> Value {
        var bytes: [UInt8] = []
        for item in items {
            try self.write(try self.evaluate(item), into: &bytes, quoting: false)
            try self.checkSize(bytes.count)
        }
        return try self.string(Text(bytes))
    }

    private func evaluate(_ node: Expression.Conditional) throws(TemplateError) -> Value {
        if try self.evaluate(node.condition).isTrue { return try self.evaluate(node.value) }
        guard let alternative = node.alternative else {
            return Undefined.hint("the inline if-expression evaluated to false and no else section was defined")
        }
        return try self.evaluate(alternative)
    }

    private func evaluate(_ node: Expression.Attribute) throws(TemplateError) -> Value {
        let base = try self.evaluate(node.base)
        self.position = node.position
        return try self.attribute(node.name, of: base)
    }

    private func evaluate(_ node: Expression.Item) throws(TemplateError) -> Value {
        let base = try self.evaluate(node.base)
        let key = try self.evaluate(node.key)
        self.position = node.position
        return try self.item(key, of: base)
    }

    private func evaluate(_ node: Expression.Slice) throws(TemplateError) -> Value {
        let base = try self.evaluate(node.base)
        let bounds = try self.evaluate([node.start, node.stop, node.step].map { $0 ?? .constant(.none) })
        self.position = node.position
        return try self.slice(base, start: bounds[0], stop: bounds[1], step: bounds[2])
    }

    // MARK: calls

    func evaluate(_ node: Expression.Call, caller: Value?) throws(TemplateError) -> Value {
        // The method of a value is called without being made a value first.
        if case .attribute(let attribute) = node.function {
            let base = try self.evaluate(attribute.base)
            self.position = attribute.position
            if let method = Methods.named(attribute.name, of: base) {
                let arguments = try self.arguments(node.arguments, caller: caller)
                self.position = attribute.position
                try self.charge(1)
                return try method(base, arguments, self)
            }
            return try self.call(try self.attribute(attribute.name, of: base), node, caller)
        }
        return try self.call(try self.evaluate(node.function), node, caller)
    }

    private func call(_ function: Value, _ node: Expression.Call, _ caller: Value?) throws(TemplateError) -> Value {
        let arguments = try self.arguments(node.arguments, caller: caller)
        self.position = node.position
        return try self.call(function, arguments)
    }

    func call(_ function: Value, _ arguments: Arguments) throws(TemplateError) -> Value {
        switch function {
        case .undefined(let undefined): throw undefined.error
        case .object(let object) where object.isCallable: return try object.call(arguments, self)
        default: throw .type("'\(function.typeName)' object is not callable")
        }
    }

    private func arguments(_ list: Expression.ArgumentList, caller: Value? = nil) throws(TemplateError) -> Arguments {
        var arguments = Arguments(positional: try self.evaluate(list.positional))
        for (name, value) in list.keywords { arguments.keywords.append((name, try self.evaluate(value))) }
        if let unpacked = list.unpacked { arguments.positional += try self.items(of: try self.evaluate(unpacked)) }
        if let unpacked = list.unpackedKeywords {
            guard case .dictionary(let storage) = try self.evaluate(unpacked) else {
                throw .type("the argument behind ** must be a dictionary")
            }
            for (key, value) in zip(storage.keys, storage.values) {
                guard case .string(let name) = key else { throw .type("keywords must be texts") }
                guard !arguments.keywords.contains(where: { $0.name == name.string }) else {
                    throw .type("got multiple values for the argument '\(name.string)'")
                }
                arguments.keywords.append((name.string, value))
            }
        }
        if let caller { arguments.keywords.append(("caller", caller)) }
        return arguments
    }

    private func evaluate(_ node: Expression.FilterCall) throws(TemplateError) -> Value {
        let input = try node.input.map { (input) throws(TemplateError) in try self.evaluate(input) } ?? self.blockText
        let arguments = node.arguments.isEmpty ? .none : try self.arguments(node.arguments)
        self.position = node.position
        guard let filter = node.filter else { throw .type("there is no filter named '\(node.name)'") }
        return try filter(input, arguments, self)
    }

    private func evaluate(_ node: Expression.TestCall) throws(TemplateError) -> Value {
        let input = try self.evaluate(node.input)
        let arguments = node.arguments.isEmpty ? .none : try self.arguments(node.arguments)
        self.position = node.position
        guard let test = node.test else { throw .type("there is no test named '\(node.name)'") }
        return .boolean(try test(input, arguments, self))
    }
}
