enum TextFilters {
    static let all: [String: Filter] = [
        "upper": Self.change { $0.uppercased() },
        "lower": Self.change { $0.lowercased() },
        "capitalize": Self.change { $0.capitalized() },
        "title": Self.change { Self.title($0) },
        "string": { (value, arguments, evaluator) throws(TemplateError) in
            _ = try arguments.bound(to: [], of: "string")
            return .string(try evaluator.text(of: value))
        },
        "trim": { (value, arguments, evaluator) throws(TemplateError) in
            let characters = try arguments.bound(to: ["chars"], of: "trim")[0] ?? .none
            let text = Value.string(try evaluator.text(of: value))
            return try StringMethods.strip(text, Arguments(positional: [characters]), evaluator, "trim", front: true, back: true)
        },
        "replace": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["old", "new", "count"], required: 2, of: "replace")
            let count =
                try values[2].map { (value) throws(TemplateError) in value.isNone ? -1 : try StringMethods.int(value, of: "replace") } ?? -1
            let (old, new) = (try evaluator.text(of: values[0] ?? .none), try evaluator.text(of: values[1] ?? .none))
            return .string(try StringMethods.replace(old, in: try evaluator.text(of: value).safe(false), by: new, count: count, evaluator))
        },
        "center": { (value, arguments, evaluator) throws(TemplateError) in
            let width =
                try arguments.bound(to: ["width"], of: "center")[0].map { (value) throws(TemplateError) in
                    try StringMethods.int(value, of: "center")
                } ?? 80
            return try evaluator.string(try StringMethods.padded(try evaluator.text(of: value), width, " ", evaluator, left: 1, right: 1))
        },
        "format": { (value, arguments, evaluator) throws(TemplateError) in
            guard arguments.positional.isEmpty || arguments.keywords.isEmpty else {
                throw .type("format takes values with names or without, not both")
            }
            let format = try evaluator.text(of: value)
            guard arguments.positional.isEmpty, !arguments.keywords.isEmpty else {
                return try evaluator.format(format, with: try evaluator.tuple(arguments.positional))
            }
            let keys = arguments.keywords.map { Value.string($0.name) }
            return try evaluator.format(format, with: try evaluator.dictionary(keys: keys, values: arguments.keywords.map(\.value)))
        },
        "wordcount": { (value, _, evaluator) throws(TemplateError) in
            let text = try evaluator.text(of: value)
            try evaluator.charge(text.bytes.count / 4)
            var count = 0
            var isInWord = false
            for scalar in text.scalars {
                if scalar.isWord && !isInWord { count += 1 }
                isInWord = scalar.isWord
            }
            return .integer(count)
        },
        "indent": Self.indent,
        "truncate": Self.truncate,
        "urlencode": Self.encodeForURL,
    ]

    private static func change(_ change: @escaping @Sendable (Text) -> Text) -> Filter {
        { (value, arguments, evaluator) throws(TemplateError) in
            _ = try arguments.bound(to: [], of: "the filter")
            let text = try evaluator.text(of: value)
            try evaluator.charge(text.bytes.count / (text.isASCII ? 16 : 2))
            return try evaluator.string(change(text))
        }
    }

    /// Words begin behind white space, `-`, `(`, `{`, `[` and `<`, unlike those of `str.title`.
    private static func title(_ text: Text) -> Text {
        var bytes: [UInt8] = []
        var word: [Unicode.Scalar] = []
        func endWord() {
            guard let first = word.first else { return }
            bytes.append(first.properties.uppercaseMapping)
            bytes.append(contentsOf: Text(scalars: word.dropFirst()).lowercased().bytes)
            word = []
        }
        for scalar in text.scalars {
            if scalar.isPythonSpace || ["-", "(", "{", "[", "<"].contains(scalar) {
                endWord()
                bytes.append(scalar)
            } else {
                word.append(scalar)
            }
        }
        endWord()
        return Text(bytes)
    }

    /// What stands before a filter that takes nothing but a text.
    static func input(_ value: Value, of filter: String) throws(TemplateError) -> Text {
        try StringMethods.text(value, of: filter)
    }

    @Sendable private static func indent(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let values = try arguments.bound(to: ["width", "first", "blank"], of: "indent")
        let text = try Self.input(value, of: "indent")
        let indentation: Text
        if case .string(let given)? = values[0] {
            indentation = given
        } else {
            indentation = StringMethods.text(try evaluator.repeated(" ", try StringMethods.int(values[0] ?? .integer(4), of: "indent")))
        }
        let (indentsFirst, indentsBlank) = (values[1]?.isTrue ?? false, values[2]?.isTrue ?? false)
        try evaluator.charge(text.bytes.count / 8)
        let lines = Text(text.bytes + [0x0A]).lines()
        var bytes: [UInt8] = []
        for (place, line) in lines.enumerated() {
            if place > 0 { bytes.append(0x0A) }
            if place == 0 ? indentsFirst : indentsBlank || !line.isEmpty { bytes.append(contentsOf: indentation.bytes) }
            bytes.append(contentsOf: line.bytes)
            try evaluator.checkSize(bytes.count)
        }
        return try evaluator.string(Text(bytes).safe(text.isSafe))
    }

    @Sendable private static func truncate(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let values = try arguments.bound(to: ["length", "killwords", "end", "leeway"], of: "truncate")
        let text = value.isUndefined ? .empty : try Self.input(value, of: "truncate")
        let length = try StringMethods.int(values[0] ?? .integer(255), of: "truncate")
        let end = try StringMethods.text(values[2] ?? .string("..."), of: "truncate")
        let leeway =
            try values[3].map { (value) throws(TemplateError) in value.isNone ? 5 : try StringMethods.int(value, of: "truncate") } ?? 5
        guard length >= end.count else { throw .value("truncate takes a length of at least \(end.count), that of what it ends with") }
        guard leeway >= 0 else { throw .value("truncate takes a leeway of at least 0") }
        try evaluator.charge(text.bytes.count / 16)
        guard text.count > length.addingSaturated(leeway) else { return value }
        var cut = Text(text.bytes[..<text.offset(of: length - end.count)])
        if !(values[1]?.isTrue ?? false), let space = cut.bytes.lastIndex(of: 0x20) { cut = Text(cut.bytes[..<space]) }
        return try evaluator.string(Text(cut.bytes + end.bytes).safe(text.isSafe))
    }

    // MARK: addresses

    @Sendable private static func encodeForURL(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator
    ) throws(TemplateError) -> Value {
        _ = try arguments.bound(to: [], of: "urlencode")
        let pairs: [Value]
        switch value {
        case .dictionary(let storage): pairs = DictionaryView(.items, of: storage).items
        case .list, .tuple, .object: pairs = try evaluator.items(of: value)
        default: return try evaluator.string(Self.quoted(try evaluator.text(of: value), isQuery: false))
        }
        var bytes: [UInt8] = []
        for (place, pair) in pairs.enumerated() {
            let items = try evaluator.items(of: pair)
            guard items.count == 2 else { throw .value("urlencode takes pairs of a name and a value") }
            if place > 0 { bytes.append("&") }
            bytes.append(contentsOf: Self.quoted(try evaluator.text(of: items[0]), isQuery: true).bytes)
            bytes.append("=")
            bytes.append(contentsOf: Self.quoted(try evaluator.text(of: items[1]), isQuery: true).bytes)
            try evaluator.checkSize(bytes.count)
        }
        return try evaluator.string(Text(bytes))
    }

    private static func quoted(_ text: Text, isQuery: Bool) -> Text {
        var bytes: [UInt8] = []
        for byte in text.bytes {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_.-~".unicodeScalars.contains(scalar))
            if isPlain || (scalar == "/" && !isQuery) {
                bytes.append(byte)
            } else if scalar == " " && isQuery {
                bytes.append("+")
            } else {
                bytes.append("%" + PythonText.hexadecimal(Int(byte), width: 2).uppercased())
            }
        }
        return Text(bytes)
    }
}
