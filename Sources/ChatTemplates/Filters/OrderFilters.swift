enum OrderFilters {
    static let all: [String: Filter] = [
        "sort": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["reverse", "case_sensitive", "attribute"], of: "sort")
            let (isReversed, isSensitive) = (values[0]?.isTrue ?? false, values[1]?.isTrue ?? false)
            let paths = AttributePath.several(values[2])
            let sorted = try Self.sorted(try evaluator.items(of: value), isReversed: isReversed, evaluator) {
                (item) throws(TemplateError) in
                var keys: [Value] = []
                for path in paths { keys.append(Self.folded(try evaluator.attribute(path: path, of: item), isSensitive)) }
                return .list(ListStorage(keys))
            }
            return try evaluator.list(sorted)
        },
        "dictsort": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["case_sensitive", "by", "reverse"], of: "dictsort")
            let by = values[1]?.text?.string ?? "key"
            guard by == "key" || by == "value" else { throw .value("dictsort sorts by 'key' or by 'value'") }
            if case .undefined(let undefined) = value { throw undefined.error }
            guard case .dictionary(let storage) = value else {
                throw .type("dictsort takes a dictionary, not a value of type '\(value.typeName)'")
            }
            let isSensitive = values[0]?.isTrue ?? false
            let items = DictionaryView(.items, of: storage).items
            let sorted = try Self.sorted(items, isReversed: values[2]?.isTrue ?? false, evaluator) { (item) throws(TemplateError) in
                guard case .tuple(let pair) = item else { return item }
                return Self.folded(pair.items[by == "key" ? 0 : 1], isSensitive)
            }
            return try evaluator.list(sorted)
        },
        "groupby": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["attribute", "default", "case_sensitive"], required: 1, of: "groupby")
            let path = AttributePath.parts(of: values[0])
            let alternative = values[1].flatMap { $0.isNone ? nil : $0 }
            let isSensitive = values[2]?.isTrue ?? false
            func name(_ item: Value) throws(TemplateError) -> Value { try evaluator.attribute(path: path, of: item, default: alternative) }
            let sorted = try Self.sorted(try evaluator.items(of: value), isReversed: false, evaluator) { (item) throws(TemplateError) in
                Self.folded(try name(item), isSensitive)
            }
            var groups: [(name: Value, items: [Value])] = []
            for item in sorted {
                let itemName = try name(item)
                if let last = groups.last, try evaluator.areEqual(Self.folded(last.name, isSensitive), Self.folded(itemName, isSensitive)) {
                    groups[groups.count - 1].items.append(item)
                } else {
                    groups.append((itemName, [item]))
                }
            }
            var pairs: [Value] = []
            for group in groups { pairs.append(.tuple(ListStorage([group.name, try evaluator.list(group.items)], isGroup: true))) }
            return try evaluator.list(pairs)
        },
        "min": { (value, arguments, evaluator) throws(TemplateError) in try Self.extreme(value, arguments, evaluator, "min", isMax: false)
        },
        "max": { (value, arguments, evaluator) throws(TemplateError) in try Self.extreme(value, arguments, evaluator, "max", isMax: true) },
    ]

    /// What is compared: a text in lower case, unless case counts.
    static func folded(_ value: Value, _ isSensitive: Bool) -> Value {
        if !isSensitive, case .string(let text) = value { .string(text.lowercased()) } else { value }
    }

    /// The items by their keys; those with the same key stay in their order, in reverse too.
    private static func sorted(
        _ items: [Value],
        isReversed: Bool,
        _ evaluator: Evaluator,
        by key: (Value) throws(TemplateError) -> Value
    ) throws(TemplateError) -> [Value] {
        var keyed: [(key: Value, item: Value)] = []
        for item in items {
            let key = try key(item)
            try evaluator.charge(key.weight)
            keyed.append((key, item))
        }
        let sorted = try StableSort.sort(isReversed ? keyed.reversed() : keyed) { (left, right) throws(TemplateError) in
            try evaluator.charge(1 + min(left.key.weight, right.key.weight))
            return try left.key.isLess(than: right.key)
        }
        return (isReversed ? sorted.reversed() : sorted).map(\.item)
    }

    private static func extreme(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        _ name: String,
        isMax: Bool
    ) throws(TemplateError) -> Value {
        let values = try arguments.bound(to: ["case_sensitive", "attribute"], of: name)
        let (isSensitive, path) = (values[0]?.isTrue ?? false, AttributePath.parts(of: values[1]))
        var best: (key: Value, item: Value)?
        let iterator = try evaluator.iterator(over: value)
        while let item = try iterator.next() {
            let key = Self.folded(try evaluator.attribute(path: path, of: item), isSensitive)
            try evaluator.charge(1 + key.weight)
            if let current = best {
                let isBetter = isMax ? try current.key.isLess(than: key, operator: ">") : try key.isLess(than: current.key)
                if isBetter { best = (key, item) }
            } else {
                best = (key, item)
            }
        }
        return best?.item ?? Undefined.hint("No aggregated item, sequence was empty.")
    }
}
