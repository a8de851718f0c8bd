enum SequenceFilters {
    static let all: [String: Filter] = [
        "length": Self.count,
        "count": Self.count,
        "list": { (value, _, evaluator) throws(TemplateError) in try evaluator.list(try evaluator.items(of: value)) },
        "first": { (value, _, evaluator) throws(TemplateError) in
            try evaluator.iterator(over: value).next() ?? Undefined.hint("No first item, sequence was empty.")
        },
        "last": { (value, _, evaluator) throws(TemplateError) in
            if case .object(let object) = value, object.length == nil { throw .type("'\(value.typeName)' object is not reversible") }
            return try evaluator.items(of: value).last ?? Undefined.hint("No last item, sequence was empty.")
        },
        "items": { (value, _, evaluator) throws(TemplateError) in
            switch value {
            case .undefined: return try evaluator.generator(over: value) { () throws(TemplateError) in nil }
            case .dictionary(let storage):
                let iterator = ValueIterator(DictionaryView(.items, of: storage).items)
                return try evaluator.generator(over: value) { () throws(TemplateError) in try iterator.next() }
            default: throw .type("items takes a dictionary, not a value of type '\(value.typeName)'")
            }
        },
        "join": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["d", "attribute"], of: "join")
            let separator = try evaluator.text(of: values[0] ?? .string(Text.empty))
            let path = values[1].flatMap { $0.isNone ? nil : AttributePath.parts(of: $0) }
            let iterator = try evaluator.iterator(over: value)
            var bytes: [UInt8] = []
            var isFirst = true
            while var item = try iterator.next() {
                if let path { item = try evaluator.attribute(path: path, of: item) }
                if !isFirst { bytes.append(contentsOf: separator.bytes) }
                isFirst = false
                try evaluator.charge(1)
                try evaluator.write(item, into: &bytes, quoting: false)
                try evaluator.checkSize(bytes.count)
            }
            return try evaluator.string(Text(bytes))
        },
        "reverse": { (value, _, evaluator) throws(TemplateError) in
            if case .string(let text) = value {
                try evaluator.charge(text.bytes.count / 4)
                return try evaluator.string(Text(scalars: text.scalars.reversed()).safe(text.isSafe))
            }
            let items = try evaluator.items(of: value)
            try evaluator.charge(items.count)
            if case .object(let object) = value, object.length == nil { return try evaluator.list(items.reversed()) }
            let name = if case .list = value { "list_reverseiterator" } else { "reversed" }
            return try evaluator.object(GeneratorObject(depth: value.depth + 1, name: name, ValueIterator(items.reversed())))
        },
        "batch": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["linecount", "fill_with"], required: 1, of: "batch")
            let size = try StringMethods.int(values[0] ?? .none, of: "batch")
            var batches: [Value] = []
            var batch: [Value] = []
            for item in try evaluator.items(of: value) {
                if batch.count == size {
                    batches.append(try evaluator.list(batch))
                    batch = []
                }
                batch.append(item)
            }
            if !batch.isEmpty {
                if let fill = values[1], !fill.isNone, batch.count < size {
                    try evaluator.charge(size)
                    batch.append(contentsOf: repeatElement(fill, count: size - batch.count))
                }
                batches.append(try evaluator.list(batch))
            }
            let iterator = ValueIterator(batches)
            return try evaluator.generator(over: try evaluator.list(batches)) { () throws(TemplateError) in try iterator.next() }
        },
        "slice": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["slices", "fill_with"], required: 1, of: "slice")
            let count = try StringMethods.int(values[0] ?? .none, of: "slice")
            let items = try evaluator.items(of: value)
            guard count != 0 else { throw .value("integer division or modulo by zero") }
            try evaluator.charge(max(count, 0))
            var slices: [Value] = []
            let (size, longer) = items.count.quotientAndRemainder(dividingBy: max(count, 1))
            var start = 0
            for place in 0..<max(count, 0) {
                let end = start + size + (place < longer ? 1 : 0)
                var slice = Array(items[start..<end])
                if let fill = values[1], !fill.isNone, place >= longer { slice.append(fill) }
                slices.append(try evaluator.list(slice))
                start = end
            }
            let iterator = ValueIterator(slices)
            return try evaluator.generator(over: try evaluator.list(slices)) { () throws(TemplateError) in try iterator.next() }
        },
        "sum": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["attribute", "start"], of: "sum")
            let path = values[0].flatMap { $0.isNone ? nil : AttributePath.parts(of: $0) }
            var sum = values[1] ?? .integer(0)
            if case .string = sum { throw .type("sum cannot join texts; use join") }
            let iterator = try evaluator.iterator(over: value)
            while let item = try iterator.next() {
                try evaluator.charge(1)
                sum = try evaluator.compute(
                    .add,
                    sum,
                    try path.map { (path) throws(TemplateError) in try evaluator.attribute(path: path, of: item) } ?? item
                )
            }
            return sum
        },
    ]

    @Sendable private static func count(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        _ = try arguments.bound(to: [], of: "length")
        return .integer(try evaluator.length(of: value))
    }
}
