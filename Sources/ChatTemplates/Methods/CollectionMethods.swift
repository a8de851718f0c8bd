enum CollectionMethods {
    static let ofDictionaries: [Text: Method] = [
        "items": { (value, arguments, evaluator) throws(TemplateError) in try Self.view(.items, value, arguments, evaluator) },
        "keys": { (value, arguments, evaluator) throws(TemplateError) in try Self.view(.keys, value, arguments, evaluator) },
        "values": { (value, arguments, evaluator) throws(TemplateError) in try Self.view(.values, value, arguments, evaluator) },
        "get": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.positional(1...2, of: "get()")
            guard case .dictionary(let storage) = value else { return .none }
            try evaluator.charge(values[0].weight)
            try values[0].checkHashable()
            return storage[values[0]] ?? (values.count > 1 ? values[1] : .none)
        },
        "copy": { (value, _, _) throws(TemplateError) in value },
    ]

    private static func view(
        _ kind: DictionaryView.Kind,
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator
    ) throws(TemplateError) -> Value {
        _ = try arguments.positional(0...0, of: "\(kind.rawValue)()")
        guard case .dictionary(let storage) = value else { return .none }
        return try evaluator.object(DictionaryView(kind, of: storage))
    }

    static let ofLists: [Text: Method] = [
        "index": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.positional(1...3, of: "index()")
            let items = try evaluator.items(of: value)
            let (start, stop) = Evaluator.bounds(
                values.count > 1 ? values[1].int : nil,
                values.count > 2 ? values[2].int : nil,
                count: items.count
            )
            for place in start..<max(start, stop) {
                try evaluator.charge(1)
                if try evaluator.areEqual(items[place], values[0]) { return .integer(place) }
            }
            throw .value("\(PythonText.short(values[0])) is not in the \(value.typeName)")
        },
        "count": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.positional(1...1, of: "count()")
            var count = 0
            for item in try evaluator.items(of: value) {
                try evaluator.charge(1)
                if try evaluator.areEqual(item, values[0]) { count += 1 }
            }
            return .integer(count)
        },
        "copy": { (value, _, _) throws(TemplateError) in value },
    ]
}
