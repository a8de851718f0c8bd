/// A value while a template is rendered.
///
/// Lists and dictionaries never change, so they hold no cycles. What may change (`namespace`, `loop`, `cycler`) is an `Object`.
enum Value {
    case undefined(Undefined)
    case none
    case boolean(Bool)
    case integer(Int)
    case double(Double)
    case string(Text)
    case list(ListStorage)
    case tuple(ListStorage)
    case dictionary(DictionaryStorage)
    case object(Object)

    static func string(_ string: String) -> Value { .string(Text(string)) }
}

extension Value {
    /// Python's name of the type.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .boolean: "bool"
        case .integer: "int"
        case .double: "float"
        case .string(let text): text.isSafe ? "Markup" : "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .object(let object): object.typeName
        }
    }

    /// How many levels of values lie in this one.
    var depth: Int {
        switch self {
        case .list(let storage), .tuple(let storage): storage.depth
        case .dictionary(let storage): storage.depth
        case .object(let object): object.depth
        default: 0
        }
    }

    /// How many steps it takes to look at all of it.
    var weight: Int {
        switch self {
        case .string(let text): 1 + text.bytes.count / 16
        case .list(let storage), .tuple(let storage): storage.weight
        case .dictionary(let storage): storage.weight
        case .object(let object): object.weight
        default: 1
        }
    }

    /// What `if` makes of it.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .double(let value): value != 0
        case .string(let text): !text.isEmpty
        case .list(let storage), .tuple(let storage): !storage.items.isEmpty
        case .dictionary(let storage): storage.count > 0
        case .object(let object): object.isTrue
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    var isNone: Bool {
        if case .none = self { true } else { false }
    }

    var text: Text? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value as an integer, for which a boolean does too.
    var int: Int? {
        switch self {
        case .integer(let value): value
        case .boolean(let value): value ? 1 : 0
        default: nil
        }
    }

    /// The value as a number.
    var number: Double? {
        if case .double(let value) = self { return value }
        return self.int.map(Double.init)
    }
}

extension Value {
    /// A value of the caller's.
    init(_ value: TemplateValue, depth: Int, limit: Int) throws(TemplateError) {
        guard depth < limit else { throw .tooDeep("a variable", limit) }
        switch value {
        case .none: self = .none
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .string(let string): self = .string(Text(string))
        case .list(let values):
            var items: [Value] = []
            items.reserveCapacity(values.count)
            for value in values { items.append(try Value(value, depth: depth + 1, limit: limit)) }
            self = .list(ListStorage(items))
        case .dictionary(let dictionary):
            var keys: [Value] = []
            var values: [Value] = []
            keys.reserveCapacity(dictionary.count)
            values.reserveCapacity(dictionary.count)
            for (key, value) in dictionary {
                keys.append(.string(Text(key)))
                values.append(try Value(value, depth: depth + 1, limit: limit))
            }
            self = .dictionary(DictionaryStorage(uniqueKeys: keys, values: values))
        }
    }
}
