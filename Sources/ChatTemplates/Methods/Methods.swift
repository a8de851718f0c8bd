/// A method of a value: the value, what it is called with, who renders.
typealias Method = @Sendable (Value, Arguments, Evaluator) throws(TemplateError) -> Value

/// The methods that Python's types have, as far as the sandbox allows them.
enum Methods {
    /// The method of a name; nil where a value has none.
    static func named(_ name: Text, of value: Value) -> Method? {
        switch value {
        case .string: StringMethods.all[name]
        case .dictionary: CollectionMethods.ofDictionaries[name]
        case .list, .tuple: CollectionMethods.ofLists[name]
        case .integer, .boolean: NumberMethods.ofIntegers[name]
        case .double: NumberMethods.ofDoubles[name]
        default: nil
        }
    }

    private static let changingLists: Set<Text> = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"]
    private static let changingDictionaries: Set<Text> = ["clear", "pop", "popitem", "setdefault", "update"]

    /// Whether the sandbox hides an attribute that the value has: what changes it, and what is Python's own.
    static func isForbidden(_ name: Text, of value: Value) -> Bool {
        if name.hasPrefix("__") && name.hasSuffix("__") { return true }
        return switch value {
        case .list: Self.changingLists.contains(name)
        case .dictionary: Self.changingDictionaries.contains(name)
        default: false
        }
    }
}
