/// A macro, or what a `call` block passes as `caller`.
final class MacroObject: Object {
    let function: Statement.Function
    /// The variables of the function that made it.
    private let outer: Activation

    init(_ function: Statement.Function, _ outer: Activation) {
        self.function = function
        self.outer = outer
    }

    override var typeName: String { "Macro" }
    override var isCallable: Bool { true }

    override func attribute(_ name: Text, _ evaluator: Evaluator) throws(TemplateError) -> Value? {
        let layout = evaluator.program.scopes.functions[self.function.id]
        return switch name {
        case "name": self.function.name.map { .string($0) } ?? Value.none
        case "arguments": .tuple(ListStorage(self.function.parameters.map { .string($0.name) }))
        case "caller": .boolean(layout.caller != nil)
        case "catch_kwargs": .boolean(layout.keywords != nil)
        case "catch_varargs": .boolean(layout.positional != nil)
        default: nil
        }
    }

    override func call(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        try evaluator.enter("a macro that calls macros")
        defer { evaluator.leave() }
        try evaluator.charge(1)
        let activation = Activation(slotCount: evaluator.program.scopes.functions[self.function.id].slotCount, parent: self.outer)
        try self.bind(arguments, in: activation, evaluator)
        let (caller, position) = (evaluator.activation, evaluator.position)
        evaluator.activation = activation
        defer { evaluator.activation = caller }
        let text = try self.run(evaluator)
        evaluator.position = position
        return text
    }

    private func run(_ evaluator: Evaluator) throws(TemplateError) -> Value {
        let scopes = evaluator.program.scopes
        try evaluator.enter(scope: self.function.scope)
        let firstDefault = self.function.parameters.count - self.function.defaults.count
        for (place, parameter) in self.function.parameters.enumerated() {
            let index = scopes.slots[parameter.id].index
            guard evaluator.activation.slots[index] == nil else { continue }
            evaluator.activation.slots[index] =
                place >= firstDefault
                ? try evaluator.evaluate(self.function.defaults[place - firstDefault])
                : Undefined.hint("parameter '\(parameter.name)' was not provided")
        }
        let (text, _) = try evaluator.capture { () throws(TemplateError) in try evaluator.execute(self.function.body) }
        return try evaluator.string(text)
    }

    private var title: String { self.function.name.map { "macro '\($0)'" } ?? "the call block" }

    private func bind(_ arguments: Arguments, in activation: Activation, _ evaluator: Evaluator) throws(TemplateError) {
        let scopes = evaluator.program.scopes
        let layout = scopes.functions[self.function.id]
        let parameters = self.function.parameters
        var keywords = arguments.keywords
        for (place, parameter) in parameters.enumerated() {
            let index = scopes.slots[parameter.id].index
            if place < arguments.positional.count {
                activation.slots[index] = arguments.positional[place]
            } else if let found = keywords.firstIndex(where: { $0.name == parameter.name }) {
                activation.slots[index] = keywords.remove(at: found).value
            }
        }
        if let caller = layout.caller {
            let found = keywords.firstIndex { $0.name == "caller" }
            let given = found.map { keywords.remove(at: $0).value }
            activation.slots[caller] = given.flatMap { $0.isNone ? nil : $0 } ?? Undefined.hint("No caller defined")
        }
        let rest = Array(arguments.positional.dropFirst(parameters.count))
        if let index = layout.keywords {
            activation.slots[index] = try evaluator.dictionary(keys: keywords.map { .string($0.name) }, values: keywords.map(\.value))
        } else if let first = keywords.first {
            throw .type("\(self.title) takes no keyword argument '\(first.name)'")
        }
        if let index = layout.positional {
            activation.slots[index] = try evaluator.tuple(rest)
        } else if !rest.isEmpty {
            throw .type("\(self.title) takes not more than \(parameters.count) argument(s), \(arguments.positional.count) were given")
        }
    }

    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("<Macro \(self.function.name.map { PythonText.quoted(Text($0)) } ?? "anonymous")>")
    }
}
