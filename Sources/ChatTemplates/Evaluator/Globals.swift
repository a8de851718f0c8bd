/// The functions that every template may call.
enum Globals {
    static func named(_ name: String) -> Value? {
        let body: @Sendable (Arguments, Evaluator) throws(TemplateError) -> Value
        switch name {
        case "range": body = Self.range
        case "dict": body = Self.dictionary
        case "namespace": body = Self.namespace
        case "cycler": body = Self.cycler
        case "joiner": body = Self.joiner
        case "raise_exception": body = Self.raise
        case "strftime_now": body = Self.time
        default: return nil
        }
        return .object(FunctionObject(name, body))
    }

    @Sendable private static func range(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        var bounds: [Int] = []
        for value in try arguments.positional(1...3, of: "range()") {
            if case .undefined(let undefined) = value { throw undefined.error }
            guard let int = value.int else { throw .type("range() takes integers, not a value of type '\(value.typeName)'") }
            bounds.append(int)
        }
        if bounds.count == 1 { bounds.insert(0, at: 0) }
        return try evaluator.object(try RangeObject(start: bounds[0], stop: bounds[1], step: bounds.count > 2 ? bounds[2] : 1))
    }

    /// The entries of `dict(…)` and `namespace(…)`: those of a dictionary or of pairs, then the keywords.
    private static func entries(
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        of function: String
    ) throws(TemplateError) -> ([Value], [Value]) {
        guard arguments.positional.count <= 1 else { throw .type("\(function) takes at most 1 argument without a name") }
        var keys: [Value] = []
        var values: [Value] = []
        if case .dictionary(let storage)? = arguments.positional.first {
            keys = storage.keys
            values = storage.values
        } else if let pairs = arguments.positional.first {
            for pair in try evaluator.items(of: pairs) {
                let items = try evaluator.items(of: pair)
                guard items.count == 2 else { throw .value("\(function) takes pairs of a key and a value") }
                keys.append(items[0])
                values.append(items[1])
            }
        }
        for (name, value) in arguments.keywords {
            keys.append(.string(name))
            values.append(value)
        }
        return (keys, values)
    }

    @Sendable private static func dictionary(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let (keys, values) = try Self.entries(arguments, evaluator, of: "dict()")
        return try evaluator.dictionary(keys: keys, values: values)
    }

    @Sendable private static func namespace(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let (keys, values) = try Self.entries(arguments, evaluator, of: "namespace()")
        let namespace = try evaluator.namespace()
        for (key, value) in zip(keys, values) {
            guard case .string(let name) = key else {
                throw .type("the names in a namespace are texts, not values of type '\(key.typeName)'")
            }
            try evaluator.charge(1)
            namespace[name] = value
        }
        return .object(namespace)
    }

    @Sendable private static func cycler(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        guard !arguments.positional.isEmpty else { throw .type("cycler() takes at least one item") }
        return try evaluator.object(CyclerObject(arguments.positional))
    }

    @Sendable private static func joiner(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let separator = try arguments.bound(to: ["sep"], of: "joiner()")[0] ?? .string(", ")
        return try evaluator.object(JoinerObject(separator))
    }

    @Sendable private static func raise(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let message = try arguments.bound(to: ["message"], required: 1, of: "raise_exception()")[0] ?? .none
        throw TemplateError(.raised, try evaluator.text(of: message).string)
    }

    @Sendable private static func time(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        guard case .string(let format)? = try arguments.bound(to: ["format"], required: 1, of: "strftime_now()")[0] else {
            throw .type("strftime_now() takes a text such as '%Y-%m-%d'")
        }
        return try evaluator.string(try TimeFormat.format(evaluator.now, as: format, evaluator))
    }
}
