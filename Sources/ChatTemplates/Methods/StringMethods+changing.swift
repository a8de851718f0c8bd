extension StringMethods {
    static let changing: [Text: Method] = [
        "lower": Self.change { $0.lowercased() },
        "casefold": Self.change { $0.lowercased() },
        "upper": Self.change { $0.uppercased() },
        "title": Self.change { $0.titlecased() },
        "capitalize": Self.change { $0.capitalized() },
        "swapcase": Self.change { $0.swappedCase() },
        "replace": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.positional(2...3, of: "replace()")
            let count = values.count > 2 ? try Self.int(values[2], of: "replace()") : -1
            let text = Self.text(value)
            let (old, new) = (try Self.text(values[0], of: "replace()"), try Self.text(values[1], of: "replace()"))
            return .string(try Self.replace(old, in: text, by: text.isSafe ? new.escaped : new, count: count, evaluator).safe(text.isSafe))
        },
        "center": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.pad(value, arguments, evaluator, "center()", left: 1, right: 1)
        },
        "ljust": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.pad(value, arguments, evaluator, "ljust()", left: 0, right: 1)
        },
        "rjust": { (value, arguments, evaluator) throws(TemplateError) in
            try Self.pad(value, arguments, evaluator, "rjust()", left: 1, right: 0)
        },
        "zfill": { (value, arguments, evaluator) throws(TemplateError) in
            let text = Self.text(value)
            let width = try Self.int(try arguments.positional(1...1, of: "zfill()")[0], of: "zfill()")
            let missing = width - text.count
            guard missing > 0 else { return value }
            let sign = text.bytes.first.flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
            let zeros = Self.text(try evaluator.repeated("0", missing)).bytes
            return try evaluator.string(
                Text((sign.map { [$0] } ?? []) + zeros + text.bytes.dropFirst(sign == nil ? 0 : 1)).safe(text.isSafe)
            )
        },
        "expandtabs": { (value, arguments, evaluator) throws(TemplateError) in
            let text = Self.text(value)
            let size =
                try arguments.bound(to: ["tabsize"], of: "expandtabs()")[0].map { (value) throws(TemplateError) in
                    try Self.int(value, of: "expandtabs()")
                } ?? 8
            var bytes: [UInt8] = []
            var column = 0
            for scalar in text.scalars {
                if scalar == "\t" {
                    let count = size > 0 ? size - column % size : 0
                    try evaluator.checkSize(bytes.count.addingSaturated(count))
                    bytes.append(contentsOf: repeatElement(0x20, count: count))
                    column += count
                } else {
                    bytes.append(scalar)
                    column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
                }
            }
            return try evaluator.string(Text(bytes).safe(text.isSafe))
        },
    ]

    private static func change(_ change: @escaping @Sendable (Text) -> Text) -> Method {
        { (value, arguments, evaluator) throws(TemplateError) in
            _ = try arguments.positional(0...0, of: "the method")
            let text = Self.text(value)
            try evaluator.charge(text.bytes.count / (text.isASCII ? 16 : 2))
            return try evaluator.string(change(text))
        }
    }

    /// - Parameter count: how many occurrences at most; all of them if negative.
    static func replace(_ old: Text, in text: Text, by new: Text, count: Int, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        let limit = count < 0 ? Int.max : count
        try evaluator.charge(text.bytes.count / 8)
        // The empty text lies before each character and behind the last.
        let places = old.isEmpty ? Array(text.offsets.prefix(limit)) : text.occurrences(of: old, limit: limit)
        guard !places.isEmpty else { return text.safe(false) }
        let (growth, overflow) = new.bytes.count.multipliedReportingOverflow(by: places.count)
        try evaluator.checkSize(overflow ? .max : (text.bytes.count - old.bytes.count * places.count).addingSaturated(growth))
        try evaluator.charge(places.count + growth / 16)
        var bytes: [UInt8] = []
        var start = 0
        for place in places {
            bytes.append(contentsOf: text.bytes[start..<place])
            bytes.append(contentsOf: new.bytes)
            start = place + old.bytes.count
        }
        bytes.append(contentsOf: text.bytes[start...])
        return Text(bytes)
    }

    private static func pad(
        _ value: Value,
        _ arguments: Arguments,
        _ evaluator: Evaluator,
        _ name: String,
        left: Int,
        right: Int
    ) throws(TemplateError) -> Value {
        let values = try arguments.positional(1...2, of: name)
        let width = try Self.int(values[0], of: name)
        let fill = values.count > 1 ? try Self.text(values[1], of: name) : " "
        guard fill.count == 1 else { throw .type("\(name) fills with exactly one character") }
        return try evaluator.string(try Self.padded(Self.text(value), width, fill, evaluator, left: left, right: right))
    }

    /// A text filled up to a width, at the ends that are 1; in the middle if both are.
    static func padded(
        _ text: Text,
        _ width: Int,
        _ fill: Text,
        _ evaluator: Evaluator,
        left: Int,
        right: Int
    ) throws(TemplateError) -> Text {
        let missing = width.subtractingReportingOverflow(text.count).partialValue
        guard width > 0, missing > 0 else { return text }
        let before = left == 0 ? 0 : right == 0 ? missing : missing / 2 + (missing & width & 1)
        let front = Self.text(try evaluator.repeated(fill, before)).bytes
        let back = Self.text(try evaluator.repeated(fill, missing - before)).bytes
        try evaluator.checkSize(front.count + text.bytes.count + back.count)
        return Text(front + text.bytes + back).safe(text.isSafe)
    }

    // MARK: joining

    static let joining: [Text: Method] = [
        "join": { (value, arguments, evaluator) throws(TemplateError) in
            let separator = Self.text(value)
            let items = try evaluator.items(of: try arguments.positional(1...1, of: "join()")[0])
            var bytes: [UInt8] = []
            for (place, item) in items.enumerated() {
                guard case .string(let text) = item else {
                    throw .type("join() takes texts; item \(place) is of type '\(item.typeName)'")
                }
                if place > 0 { bytes.append(contentsOf: separator.bytes) }
                bytes.append(contentsOf: separator.isSafe ? text.escaped.bytes : text.bytes)
                try evaluator.checkSize(bytes.count)
            }
            return try evaluator.string(Text(bytes).safe(separator.isSafe))
        },
        "format": { (value, arguments, evaluator) throws(TemplateError) in
            var formatter = BraceFormat(evaluator, positional: arguments.positional, keywords: arguments.keywords)
            return try evaluator.string(try formatter.format(Self.text(value)).safe(Self.text(value).isSafe))
        },
        "format_map": { (value, arguments, evaluator) throws(TemplateError) in
            guard case .dictionary(let storage) = try arguments.positional(1...1, of: "format_map()")[0] else {
                throw .type("format_map() takes a dictionary")
            }
            var keywords: [(name: String, value: Value)] = []
            for (key, value) in zip(storage.keys, storage.values) {
                if case .string(let name) = key { keywords.append((name.string, value)) }
            }
            var formatter = BraceFormat(evaluator, positional: [], keywords: keywords)
            return try evaluator.string(try formatter.format(Self.text(value)).safe(Self.text(value).isSafe))
        },
    ]
}
