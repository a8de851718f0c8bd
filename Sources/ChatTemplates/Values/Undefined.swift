/// What is not there: it prints as nothing, counts as false and is empty to go through; any other use of it is an error, which says what
/// is missing.
struct Undefined {
    private indirect enum Reason {
        case name(String)
        case attribute(Text, type: String)
        case element(Value, type: String)
        case hint(String)
        case forbidden(String)
    }

    private let reason: Reason

    /// A variable that has no value.
    static func name(_ name: String) -> Value { .undefined(Undefined(reason: .name(name))) }
    /// An attribute or item that a value does not have.
    static func attribute(_ name: Text, of value: Value) -> Value {
        .undefined(Undefined(reason: .attribute(name, type: value.typeName)))
    }
    static func element(_ key: Value, of value: Value) -> Value {
        if case .string(let name) = key { return self.attribute(name, of: value) }
        return .undefined(Undefined(reason: .element(key, type: value.typeName)))
    }
    /// Anything else, said in words.
    static func hint(_ hint: String) -> Value { .undefined(Undefined(reason: .hint(hint))) }
    /// What the sandbox hides.
    static func forbidden(_ name: Text, of value: Value) -> Value {
        .undefined(
            Undefined(reason: .forbidden("access to attribute \(PythonText.quoted(name)) of '\(value.typeName)' object is unsafe"))
        )
    }

    /// The error of using it.
    var error: TemplateError {
        switch self.reason {
        case .name(let name): TemplateError(.undefined, "'\(name)' is undefined")
        case .attribute(let name, let type): TemplateError(.undefined, "'\(type)' has no attribute \(PythonText.quoted(name))")
        case .element(let key, let type): TemplateError(.undefined, "'\(type)' has no element \(PythonText.short(key))")
        case .hint(let hint): TemplateError(.undefined, hint)
        case .forbidden(let message): TemplateError(.forbidden, message)
        }
    }
}
