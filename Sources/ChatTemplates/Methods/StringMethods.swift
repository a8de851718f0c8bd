enum StringMethods {
    static let all: [Text: Method] = Self.cutting.merging(Self.changing) { $1 }.merging(Self.asking) { $1 }.merging(Self.joining) { $1 }

    static func text(_ value: Value) -> Text { value.text ?? .empty }

    /// An argument that must be a text.
    static func text(_ value: Value, of function: String) throws(TemplateError) -> Text {
        switch value {
        case .string(let text): return text
        case .undefined(let undefined): throw undefined.error
        default: throw .type("\(function) takes a text, not a value of type '\(value.typeName)'")
        }
    }

    /// An argument that must be an integer.
    static func int(_ value: Value, of function: String) throws(TemplateError) -> Int {
        if case .undefined(let undefined) = value { throw undefined.error }
        guard let int = value.int else { throw .type("\(function) takes an integer, not a value of type '\(value.typeName)'") }
        return int
    }

    /// An argument that is a text or a tuple of texts.
    private static func texts(_ value: Value, of function: String) throws(TemplateError) -> [Text] {
        guard case .tuple(let storage) = value else { return [try Self.text(value, of: function)] }
        var texts: [Text] = []
        for item in storage.items { texts.append(try Self.text(item, of: function)) }
        return texts
    }

    // MARK: parts

    private static let cutting: [Text: Method] = [
        "strip": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.strip(value, arguments, evaluator, "strip()", front: true, back: true)
        },
        "lstrip": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.strip(value, arguments, evaluator, "lstrip()", front: true, back: false)
        },
        "rstrip": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.strip(value, arguments, evaluator, "rstrip()", front: false, back: true)
        },
        "split": { (value, arguments, evaluator) throws(TemplateError) in try Self.split(value, arguments, evaluator, fromBack: false) },
        "rsplit": { (value, arguments, evaluator) throws(TemplateError) in try Self.split(value, arguments, evaluator, fromBack: true) },
        "splitlines": { (value, arguments, evaluator) throws(TemplateError) in
            let keepsEnds = try arguments.bound(to: ["keepends"], of: "splitlines()")[0]?.isTrue ?? false
            try evaluator.charge(Self.text(value).bytes.count / 8)
            return try evaluator.list(Self.text(value).lines(keepingEnds: keepsEnds).map { .string($0) })
        },
        "partition": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.partition(value, arguments, evaluator, fromBack: false)
        },
        "rpartition": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.partition(value, arguments, evaluator, fromBack: true)
        },
        "removeprefix": { (value, arguments, evaluator) throws(TemplateError) in
            let text = Self.text(value)
            let prefix = try Self.text(try arguments.positional(1...1, of: "removeprefix()")[0], of: "removeprefix()")
            return text.hasPrefix(prefix) ? try evaluator.string(Text(text.bytes.dropFirst(prefix.bytes.count)).safe(text.isSafe)) : value
        },
        "removesuffix": { (value, arguments, evaluator) throws(TemplateError) in
            let text = Self.text(value)
            let suffix = try Self.text(try arguments.positional(1...1, of: "removesuffix()")[0], of: "removesuffix()")
            return text.hasSuffix(suffix) ? try evaluator.string(Text(text.bytes.dropLast(suffix.bytes.count)).safe(text.isSafe)) : value
        },
    ]

    static func strip(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        _ name: String,
        front: Bool,
        back: Bool
    ) throws(TemplateError) -> Value {
        let text = Self.text(value)
        let argument = try arguments.positional(0...1, of: name).first ?? .none
        try evaluator.charge(text.bytes.count / 16)
        if argument.isNone { return .string(text.trimmed(front: front, back: back) { $0.isPythonSpace }) }
        let characters = Set(try Self.text(argument, of: name).scalars)
        return .string(text.trimmed(front: front, back: back) { characters.contains($0) })
    }

    private static func split(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator, fromBack: Bool) throws(TemplateError) -> Value
    {
        let name = fromBack ? "rsplit()" : "split()"
        let text = Self.text(value)
        let values = try arguments.bound(to: ["sep", "maxsplit"], of: name)
        let limit = try values[1].map { (value) throws(TemplateError) in try Self.int(value, of: name) } ?? -1
        try evaluator.charge(text.bytes.count / 8)
        let parts: [Text]
        if let separator = values[0], !separator.isNone {
            let separator = try Self.text(separator, of: name)
            guard !separator.isEmpty else { throw .value("\(name) takes a separator that is not empty") }
            parts = text.split(by: separator, limit: limit < 0 ? .max : limit, fromBack: fromBack)
        } else {
            parts = text.words(limit: limit < 0 ? .max : limit, fromBack: fromBack)
        }
        return try evaluator.list(parts.map { .string($0) })
    }

    private static func partition(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        fromBack: Bool
    ) throws(TemplateError) -> Value {
        let name = fromBack ? "rpartition()" : "partition()"
        let text = Self.text(value)
        let separator = try Self.text(try arguments.positional(1...1, of: name)[0], of: name)
        guard !separator.isEmpty else { throw .value("\(name) takes a separator that is not empty") }
        try evaluator.charge(text.bytes.count / 8)
        let place = fromBack ? text.occurrencesFromBack(of: separator, limit: 1).first : text.occurrences(of: separator, limit: 1).first
        let parts: [Text]
        if let place {
            parts = [Text(text.bytes[..<place]), separator, Text(text.bytes[(place + separator.bytes.count)...])]
        } else {
            parts = fromBack ? [.empty, .empty, text] : [text, .empty, .empty]
        }
        return try evaluator.tuple(parts.map { .string($0.safe(text.isSafe)) })
    }

    // MARK: questions

    private static let asking: [Text: Method] = [
        "startswith": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.hasEnd(value, arguments, evaluator, "startswith()") { $0.hasPrefix($1) }
        },
        "endswith": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.hasEnd(value, arguments, evaluator, "endswith()") { $0.hasSuffix($1) }
        },
        "find": { (value, arguments, evaluator) throws(TemplateError) in
            .integer(try Self.find(value, arguments, evaluator, "find()", fromBack: false) ?? -1)
        },
        "rfind": { (value, arguments, evaluator) throws(TemplateError) in
            .integer(try Self.find(value, arguments, evaluator, "rfind()", fromBack: true) ?? -1)
        },
        "index": { (value, arguments, evaluator) throws(TemplateError) in
            guard let place = try Self.find(value, arguments, evaluator, "index()", fromBack: false) else {
                throw .value("the text does not contain what index() looks for")
            }
            return .integer(place)
        },
        "rindex": { (value, arguments, evaluator) throws(TemplateError) in
            guard let place = try Self.find(value, arguments, evaluator, "rindex()", fromBack: true) else {
                throw .value("the text does not contain what rindex() looks for")
            }
            return .integer(place)
        },
        "count": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.positional(1...3, of: "count()")
            let (text, _) = try Self.section(Self.text(value), values, of: "count()")
            try evaluator.charge(text.bytes.count / 8)
            let needle = try Self.text(values[0], of: "count()")
            return .integer(needle.isEmpty ? text.count + 1 : text.occurrences(of: needle).count)
        },
        "isdigit": Self.question { $0.all(\.isDigit) },
        "isdecimal": Self.question { $0.all(\.isDecimal) },
        "isnumeric": Self.question { $0.all(\.isNumeric) },
        "isalpha": Self.question { $0.all(\.isLetter) },
        "isalnum": Self.question { $0.all { $0.isLetter || $0.isNumeric } },
        "isspace": Self.question { $0.all(\.isPythonSpace) },
        "isascii": Self.question(\.isASCII),
        "isprintable": Self.question { $0.isEmpty || $0.all(\.isPrintable) },
        "islower": Self.question { $0.allCased(\.isLower) },
        "isupper": Self.question { $0.allCased(\.isUpper) },
        "istitle": Self.question(\.isTitlecased),
        "isidentifier": Self.question { text in
            guard let first = text.scalars.first else { return false }
            return first.startsIdentifier && text.scalars.dropFirst().allSatisfy(\.continuesIdentifier)
        },
    ]

    private static func question(_ answer: @escaping @Sendable (Text) -> Bool) -> Method {
        { (value, arguments, evaluator) throws(TemplateError) in
            _ = try arguments.positional(0...0, of: "the method")
            let text = Self.text(value)
            try evaluator.charge(text.bytes.count / 4)
            return .boolean(answer(text))
        }
    }

    /// The part of a text between two optional bounds behind the first argument, and where it starts.
    private static func section(_ text: Text, _ values: [Value], of name: String) throws(TemplateError) -> (text: Text, start: Int) {
        func bound(_ place: Int) throws(TemplateError) -> Int? {
            guard place < values.count, !values[place].isNone else { return nil }
            return try Self.int(values[place], of: name)
        }
        guard values.count > 1 else { return (text, 0) }
        let count = text.count
        let first = try bound(1)
        let (start, stop) = Evaluator.bounds(first, try bound(2), count: count)
        // A text that starts behind the end does not even contain the empty text.
        guard start <= stop, (first ?? 0) <= count else { return (.empty, -1) }
        return (Text(text.bytes[text.offset(of: start)..<text.offset(of: stop)]), start)
    }

    private static func hasEnd(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        _ name: String,
        _ answer: (Text, Text) -> Bool
    ) throws(TemplateError) -> Value {
        let values = try arguments.positional(1...3, of: name)
        let (text, start) = try Self.section(Self.text(value), values, of: name)
        try evaluator.charge(text.bytes.count / 64)
        for end in try Self.texts(values[0], of: name) where start >= 0 && answer(text, end) { return .boolean(true) }
        return .boolean(false)
    }

    private static func find(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        _ name: String,
        fromBack: Bool
    ) throws(TemplateError) -> Int? {
        let values = try arguments.positional(1...3, of: name)
        let (text, start) = try Self.section(Self.text(value), values, of: name)
        let needle = try Self.text(values[0], of: name)
        guard start >= 0 else { return nil }
        try evaluator.charge((text.bytes.count + needle.bytes.count) / 16)
        if needle.isEmpty { return start + (fromBack ? text.count : 0) }
        let place = fromBack ? text.occurrencesFromBack(of: needle, limit: 1).first : text.occurrences(of: needle, limit: 1).first
        return place.map { start + text.index(of: $0) }
    }
}
