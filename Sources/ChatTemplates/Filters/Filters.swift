/// A filter: what stands before the `|`, what stands in its parentheses, who renders.
typealias Filter = @Sendable (Value, Arguments, Evaluator) throws(TemplateError) -> Value

/// Jinja's filters, but for those that are about web pages' links, chance or debugging, and `tojson` as transformers defines it.
enum Filters {
    static func named(_ name: String) -> Filter? { Self.all[name] }

    private static let all: [String: Filter] = Self.general
        .merging(TextFilters.all) { $1 }
        .merging(HTMLFilters.all) { $1 }
        .merging(NumberFilters.all) { $1 }
        .merging(SequenceFilters.all) { $1 }
        .merging(SelectionFilters.all) { $1 }
        .merging(OrderFilters.all) { $1 }

    private static let general: [String: Filter] = [
        "default": Self.alternative,
        "d": Self.alternative,
        "attr": { (value, arguments, evaluator) throws(TemplateError) in
            let name = try arguments.bound(to: ["name"], required: 1, of: "attr")[0]?.text ?? .empty
            if case .undefined(let undefined) = value { throw undefined.error }
            return try evaluator.ownAttribute(name, of: value) ?? Undefined.attribute(name, of: value)
        },
        "tojson": { (value, arguments, evaluator) throws(TemplateError) in
            let values = try arguments.bound(to: ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
            var style = JSONWriter.Style()
            style.isASCII = values[0]?.isTrue ?? false
            style.sortsKeys = values[3]?.isTrue ?? false
            if let indent = values[1], !indent.isNone {
                if case .string(let text) = indent {
                    style.indent = text
                } else {
                    let width = try StringMethods.int(indent, of: "tojson's indent")
                    style.indent = StringMethods.text(try evaluator.repeated(" ", width))
                }
                style.itemSeparator = ","
            }
            if let separators = values[2], !separators.isNone {
                let pair = try evaluator.items(of: separators)
                guard pair.count == 2 else { throw .value("tojson's separators are two texts") }
                style.itemSeparator = try StringMethods.text(pair[0], of: "tojson's separators")
                style.keySeparator = try StringMethods.text(pair[1], of: "tojson's separators")
            }
            var writer = JSONWriter(style, evaluator)
            try writer.write(value)
            return try evaluator.string(Text(writer.bytes))
        },
    ]

    @Sendable private static func alternative(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value
    {
        let values = try arguments.bound(to: ["default_value", "boolean"], of: "default")
        let isMissing = value.isUndefined || (values[1]?.isTrue ?? false && !value.isTrue)
        return isMissing ? values[0] ?? .string(Text.empty) : value
    }
}
