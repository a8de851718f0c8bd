/// The filters that go through items when they are asked for the next.
enum SelectionFilters {
    static let all: [String: Filter] = [
        "map": Self.map,
        "select": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.select(value, arguments, evaluator, "select", byAttribute: false, keeping: true)
        },
        "reject": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.select(value, arguments, evaluator, "reject", byAttribute: false, keeping: false)
        },
        "selectattr": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.select(value, arguments, evaluator, "selectattr", byAttribute: true, keeping: true)
        },
        "rejectattr": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.select(value, arguments, evaluator, "rejectattr", byAttribute: true, keeping: false)
        },
        "unique": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["case_sensitive", "attribute"], of: "unique")
            let (isSensitive, path) = (values[0]?.isTrue ?? false, AttributePath.parts(of: values[1]))
            let iterator = try evaluator.iterator(over: value)
            var seen: Set<DictionaryStorage.Key> = []
            return try evaluator.generator(over: value) { () throws(TemplateError) in
                while let item = try iterator.next() {
                    let key = OrderFilters.folded(try evaluator.attribute(path: path, of: item), isSensitive)
                    try evaluator.charge(key.weight)
                    try key.checkHashable()
                    if seen.insert(DictionaryStorage.Key(value: key)).inserted { return item }
                }
                return nil
            }
        },
    ]

    @Sendable private static func map(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let transform: (Value) throws(TemplateError) -> Value
        var depth = 0
        if arguments.positional.isEmpty, arguments.keywords.contains(where: { $0.name == "attribute" }) {
            let values = try arguments.bound(to: ["attribute", "default"], of: "map")
            let (path, alternative) = (AttributePath.parts(of: values[0]), values[1].flatMap { $0.isNone ? nil : $0 })
            depth = alternative?.depth ?? 0
            transform = { (item) throws(TemplateError) in try evaluator.attribute(path: path, of: item, default: alternative) }
        } else {
            guard let name = arguments.positional.first else { throw .type("map takes a filter or an attribute") }
            let title = try StringMethods.text(name, of: "map").string
            let filter = Filters.named(title)
            let rest = Arguments(positional: Array(arguments.positional.dropFirst()), keywords: arguments.keywords)
            depth = rest.depth
            transform = { (item) throws(TemplateError) in
                guard let filter else { throw .type("there is no filter named '\(title)'") }
                return try filter(item, rest, evaluator)
            }
        }
        // An undefined value has no items; what is falsy otherwise has none either.
        guard value.isTrue else { return try evaluator.generator(over: value) { () throws(TemplateError) in nil } }
        let iterator = try evaluator.iterator(over: value)
        return try evaluator.object(
            GeneratorObject(
                depth: max(value.depth, depth) + 1,
                ValueIterator { () throws(TemplateError) in
                    guard let item = try iterator.next() else { return nil }
                    return try transform(item)
                }
            )
        )
    }

    private static func select(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        _ name: String,
        byAttribute: Bool,
        keeping: Bool
    ) throws(TemplateError) -> Value {
        guard value.isTrue else { return try evaluator.generator(over: value) { () throws(TemplateError) in nil } }
        var positional = arguments.positional[...]
        var path: [Value] = []
        if byAttribute {
            guard let attribute = positional.popFirst() else { throw .type("\(name) takes an attribute") }
            path = AttributePath.parts(of: attribute)
        }
        var test: ValueTest?
        if let given = positional.popFirst() {
            let title = try StringMethods.text(given, of: name).string
            let found = ValueTests.named(title)
            test = { (value, arguments, evaluator) throws(TemplateError) in
                guard let found else { throw .type("there is no test named '\(title)'") }
                return try found(value, arguments, evaluator)
            }
        }
        let rest = Arguments(positional: Array(positional), keywords: arguments.keywords)
        let iterator = try evaluator.iterator(over: value)
        return try evaluator.object(
            GeneratorObject(
                depth: max(value.depth, rest.depth) + 1,
                ValueIterator { () throws(TemplateError) in
                    while let item = try iterator.next() {
                        try evaluator.charge(1)
                        let tested = try evaluator.attribute(path: path, of: item)
                        let isSelected = try test.map { (test) throws(TemplateError) in try test(tested, rest, evaluator) } ?? tested.isTrue
                        if isSelected == keeping { return item }
                    }
                    return nil
                }
            )
        )
    }
}
