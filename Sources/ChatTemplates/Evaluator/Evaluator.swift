/// Renders a template once.
final class Evaluator {
    let program: Program
    let limits: TemplateLimits
    let now: TemplateDate
    private let variables: TemplateVariables
    /// The variables that have been asked for.
    private var known: [String: Value] = [:]
    var output: [UInt8] = []
    var activation: Activation
    private var captured: [Activation] = []
    private var namespaces: [NamespaceObject] = []
    private var steps = 0
    private var depth = 0
    private let stack = StackGuard()
    /// The place in the template to name if what is done next fails.
    var position = 0
    /// The text of the block whose filters are being applied.
    var blockText = Value.none

    init(_ program: Program, variables: TemplateVariables, now: TemplateDate) {
        self.program = program
        self.limits = program.limits
        self.variables = variables
        self.now = now
        self.activation = Activation(slotCount: program.scopes.functions[0].slotCount, parent: nil)
    }

    func render() throws(TemplateError) -> String {
        defer { self.breakCycles() }
        do throws(TemplateError) {
            try self.enter(scope: 0)
            _ = try self.execute(self.program.statements)
            try self.checkOutput()
        } catch {
            throw error.located(at: self.position, in: self.program.source)
        }
        return String(decoding: self.output, as: UTF8.self)
    }

    // MARK: limits

    /// Counts work.
    func charge(_ steps: Int) throws(TemplateError) {
        self.steps = self.steps.addingSaturated(max(steps, 0))
        guard self.steps <= self.limits.maxSteps else {
            throw TemplateError(.limit, "rendering takes more than \(self.limits.maxSteps) steps (maxSteps)")
        }
    }

    /// Called before something that may nest in itself, with `leave` after it.
    func enter(_ what: StaticString = "what the template computes") throws(TemplateError) {
        self.depth += 1
        guard self.depth <= self.limits.maxDepth else {
            self.depth -= 1
            throw .tooDeep("\(what)", self.limits.maxDepth)
        }
        guard self.stack.used <= self.limits.maxStack else {
            self.depth -= 1
            throw .stackUsed("\(what)", self.limits.maxStack)
        }
    }

    func leave() {
        self.depth -= 1
    }

    func checkOutput() throws(TemplateError) {
        try self.checkSize(self.output.count)
    }

    /// Called before a text of so many bytes is made.
    func checkSize(_ bytes: Int) throws(TemplateError) {
        guard bytes <= self.limits.maxOutput else {
            throw TemplateError(.limit, "a text of more than \(self.limits.maxOutput) bytes (maxOutput)")
        }
    }

    // MARK: making values

    /// A text that was made.
    func string(_ text: Text) throws(TemplateError) -> Value {
        try self.checkSize(text.bytes.count)
        try self.charge(text.bytes.count / 16)
        return .string(text)
    }

    private func storage(_ items: [Value]) throws(TemplateError) -> ListStorage {
        try self.charge(items.count)
        let storage = ListStorage(items)
        try self.checkDepth(storage.depth)
        return storage
    }

    private func checkDepth(_ depth: Int) throws(TemplateError) {
        guard depth <= self.limits.maxDepth else { throw .tooDeep("a value", self.limits.maxDepth) }
    }

    func list(_ items: [Value]) throws(TemplateError) -> Value { .list(try self.storage(items)) }
    func tuple(_ items: [Value]) throws(TemplateError) -> Value { .tuple(try self.storage(items)) }

    func dictionary(keys: [Value], values: [Value]) throws(TemplateError) -> Value {
        var weight = keys.count
        for key in keys {
            try key.checkHashable()
            weight = weight.addingSaturated(key.weight)
        }
        try self.charge(weight)
        let storage = DictionaryStorage(keys: keys, values: values)
        try self.checkDepth(storage.depth)
        return .dictionary(storage)
    }

    func object(_ object: Object) throws(TemplateError) -> Value {
        try self.charge(1)
        try self.checkDepth(object.depth)
        return .object(object)
    }

    /// A generator that draws from something.
    func generator(over source: Value, _ next: @escaping () throws(TemplateError) -> Value?) throws(TemplateError) -> Value {
        try self.object(GeneratorObject(depth: source.depth + 1, ValueIterator(next)))
    }

    func namespace() throws(TemplateError) -> NamespaceObject {
        try self.charge(1)
        let namespace = NamespaceObject()
        self.namespaces.append(namespace)
        return namespace
    }

    // MARK: variables

    /// Remembers that a macro holds on to the variables of the function that is running, and of those around it.
    func captureActivation() -> Activation {
        var next: Activation? = self.activation
        while let activation = next, !activation.isCaptured {
            activation.isCaptured = true
            self.captured.append(activation)
            next = activation.parent
        }
        return self.activation
    }

    /// Macros hold the variables of the function that made them, which hold the macros; generators hold the evaluator, which holds the
    /// variables; namespaces may hold themselves. One after the other is emptied, so that a long chain of them does not end in a deep one of deinitialisers.
    private func breakCycles() {
        self.activation.slots = []
        self.blockText = .none
        for activation in self.captured { activation.slots = [] }
        for namespace in self.namespaces { namespace.clear() }
        self.captured = []
        self.namespaces = []
    }

    func value(of slot: Slot) -> Value? {
        var activation = self.activation
        for _ in 0..<slot.hops {
            guard let parent = activation.parent else { return nil }
            activation = parent
        }
        return slot.index < activation.slots.count ? activation.slots[slot.index] : nil
    }

    /// Sets the variables of a scope that is entered.
    func enter(scope: ScopeID) throws(TemplateError) {
        for (index, load) in self.program.scopes.loads[scope] {
            switch load {
            case .variable(let name): self.activation.slots[index] = try self.variable(name)
            case .outer(let slot): self.activation.slots[index] = self.value(of: slot)
            case .undefined: self.activation.slots[index] = nil
            case .parameter: break
            }
        }
    }

    func leave(scope: ScopeID) {
        for (index, _) in self.program.scopes.loads[scope] { self.activation.slots[index] = nil }
    }

    private func variable(_ name: String) throws(TemplateError) -> Value? {
        if let value = self.known[name] { return value }
        let value: Value
        if let given = self.variables[name] {
            value = try Value(given, depth: 0, limit: self.limits.maxDepth)
        } else if let global = Globals.named(name) {
            value = global
        } else {
            return nil
        }
        self.known[name] = value
        return value
    }
}
