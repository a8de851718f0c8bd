/// A test: what stands before the `is`, what stands behind the test's name, who renders.
typealias ValueTest = @Sendable (Value, Arguments, Evaluator) throws(TemplateError) -> Bool

/// Jinja's tests.
enum ValueTests {
    static func named(_ name: String) -> ValueTest? { Self.all[name] }

    private static let all: [String: ValueTest] = Self.ofTypes.merging(Self.ofContents) { $1 }.merging(Self.comparisons) { $1 }

    private static let ofTypes: [String: ValueTest] = [
        "defined": Self.plain { !$0.isUndefined },
        "undefined": Self.plain(\.isUndefined),
        "none": Self.plain(\.isNone),
        "boolean": Self.plain { if case .boolean = $0 { true } else { false } },
        "true": Self.plain { if case .boolean(true) = $0 { true } else { false } },
        "false": Self.plain { if case .boolean(false) = $0 { true } else { false } },
        "integer": Self.plain { if case .integer = $0 { true } else { false } },
        "float": Self.plain { if case .double = $0 { true } else { false } },
        "number": Self.plain { $0.number != nil },
        "string": Self.plain { $0.text != nil },
        "mapping": Self.plain { if case .dictionary = $0 { true } else { false } },
        "sequence": Self.plain { value in
            switch value {
            case .list, .tuple, .dictionary, .string, .undefined: true
            case .object(let object): object is RangeObject
            default: false
            }
        },
        "iterable": { (value, arguments, evaluator) throws(TemplateError) in
            _ = try arguments.positional(0...0, of: "the test")
            return evaluator.isIterable(value)
        },
        "callable": Self.plain { value in
            switch value {
            // Undefined has a way to be called: the one that fails.
            case .undefined: true
            case .object(let object): object.isCallable
            default: false
            }
        },
        "escaped": Self.plain { $0.text?.isSafe ?? false },
        "filter": Self.plain { $0.text.map { Filters.named($0.string) != nil } ?? false },
        "test": Self.plain { $0.text.map { ValueTests.named($0.string) != nil } ?? false },
    ]

    private static func plain(_ answer: @escaping @Sendable (Value) -> Bool) -> ValueTest {
        { (value, arguments, _) throws(TemplateError) in
            _ = try arguments.positional(0...0, of: "the test")
            return answer(value)
        }
    }

    private static let ofContents: [String: ValueTest] = [
        "odd": { (value, _, evaluator) throws(TemplateError) in try Self.remainder(value, .integer(2), evaluator).equals(.integer(1)) },
        "even": { (value, _, evaluator) throws(TemplateError) in try Self.remainder(value, .integer(2), evaluator).equals(.integer(0)) },
        "divisibleby": { (value, arguments, evaluator) throws(TemplateError) in
            let divisor = try arguments.bound(to: ["num"], required: 1, of: "divisibleby")[0] ?? .none
            return try Self.remainder(value, divisor, evaluator).equals(.integer(0))
        },
        "lower": { (value, _, evaluator) throws(TemplateError) in
            let text = try evaluator.text(of: value)
            try evaluator.charge(text.bytes.count / 4)
            return text.allCased(\.isLower)
        },
        "upper": { (value, _, evaluator) throws(TemplateError) in
            let text = try evaluator.text(of: value)
            try evaluator.charge(text.bytes.count / 4)
            return text.allCased(\.isUpper)
        },
        "sameas": { (value, arguments, _) throws(TemplateError) in
            value.isSame(as: try arguments.bound(to: ["other"], required: 1, of: "sameas")[0] ?? .none)
        },
        "in": { (value, arguments, evaluator) throws(TemplateError) in
            try evaluator.contains(try arguments.bound(to: ["seq"], required: 1, of: "in")[0] ?? .none, value)
        },
    ]

    private static func remainder(_ value: Value, _ divisor: Value, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        if case .string = value { throw .type("the test takes a number, not a text") }
        return try evaluator.compute(.modulo, value, divisor)
    }

    private static let comparisons: [String: ValueTest] = [
        "==": Self.comparison(.equal), "eq": Self.comparison(.equal), "equalto": Self.comparison(.equal),
        "!=": Self.comparison(.notEqual), "ne": Self.comparison(.notEqual),
        ">": Self.comparison(.greater), "gt": Self.comparison(.greater), "greaterthan": Self.comparison(.greater),
        ">=": Self.comparison(.greaterOrEqual), "ge": Self.comparison(.greaterOrEqual),
        "<": Self.comparison(.less), "lt": Self.comparison(.less), "lessthan": Self.comparison(.less),
        "<=": Self.comparison(.lessOrEqual), "le": Self.comparison(.lessOrEqual),
    ]

    private static func comparison(_ operation: ComparisonOperation) -> ValueTest {
        { (value, arguments, evaluator) throws(TemplateError) in
            try evaluator.compare(value, operation, try arguments.positional(1...1, of: "the test \(operation.rawValue)")[0])
        }
    }
}
