extension Evaluator {
    /// How statements ended.
    enum Flow {
        case normal
        case breakLoop
        case continueLoop
    }

    func execute(_ statements: [Statement]) throws(TemplateError) -> Flow {
        try self.enter()
        defer { self.leave() }
        for statement in statements {
            let flow = try self.execute(statement)
            if flow != .normal { return flow }
        }
        return .normal
    }

    private func execute(_ statement: Statement) throws(TemplateError) -> Flow {
        try self.charge(1)
        switch statement {
        case .text(let bytes): self.output.append(contentsOf: bytes)
        case .output(let expression): try self.print(try self.evaluate(expression))
        case .branch(let node): return try self.execute(node)
        case .loop(let node): return try self.execute(node)
        case .assignment(let target, let value, let position): try self.assign(target, value, position)
        case .blockAssignment(let node): return try self.execute(node)
        case .macro(let name, let function): self.set(name, .object(MacroObject(function, self.captureActivation())))
        case .callBlock(let node): try self.execute(node)
        case .filterBlock(let node): return try self.execute(node)
        case .with(let node): return try self.execute(node)
        case .generation(let function): try self.execute(generation: function)
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .normal
    }

    /// Writes a value as `{{ … }}` does.
    func print(_ value: Value) throws(TemplateError) {
        let start = self.output.count
        switch value {
        case .string(let text): self.output.append(contentsOf: text.bytes)
        case .undefined: break
        default: try self.write(value, into: &self.output, quoting: false)
        }
        try self.charge((self.output.count - start) / 16)
        try self.checkOutput()
    }

    /// What statements write, as a text of its own; nil if they left the loop around them.
    func capture(_ body: () throws(TemplateError) -> Flow) throws(TemplateError) -> (text: Text, flow: Flow) {
        var outer: [UInt8] = []
        swap(&outer, &self.output)
        defer { swap(&outer, &self.output) }
        let flow = try body()
        return (Text(self.output), flow)
    }

    private func execute(_ node: Statement.Branch) throws(TemplateError) -> Flow {
        for branch in node.branches where try self.evaluate(branch.condition).isTrue { return try self.execute(branch.body) }
        return try self.execute(node.otherwise)
    }

    // MARK: assignments

    func set(_ name: Expression.Name, _ value: Value) {
        self.activation.slots[self.program.scopes.slots[name.id].index] = value
    }

    private func assign(_ target: AssignTarget, _ expression: Expression, _ position: Int) throws(TemplateError) {
        try self.checkNamespaces(of: target)
        let value = try self.evaluate(expression)
        self.position = position
        try self.assign(target, value)
    }

    private func namespace(of name: Expression.Name) -> NamespaceObject? {
        guard case .object(let object)? = self.value(of: self.program.scopes.slots[name.id]) else { return nil }
        return object as? NamespaceObject
    }

    private func checkNamespaces(of target: AssignTarget) throws(TemplateError) {
        for name in target.namespaces where self.namespace(of: name) == nil {
            self.position = name.position
            throw .type("cannot assign an attribute of '\(name.name)', which is not a namespace")
        }
    }

    func assign(_ target: AssignTarget, _ value: Value) throws(TemplateError) {
        switch target {
        case .name(let name): self.set(name, value)
        case .attribute(let name, let attribute): self.namespace(of: name)?[attribute] = value
        case .items(let targets): try self.unpack(value, into: targets)
        }
    }

    private func unpack(_ value: Value, into targets: [AssignTarget]) throws(TemplateError) {
        let items: [Value]
        switch value {
        case .list(let storage), .tuple(let storage): items = storage.items
        case .undefined, .string, .dictionary, .object: items = try self.items(of: value)
        default: throw .type("cannot unpack a value of type '\(value.typeName)' into \(targets.count) variables")
        }
        guard items.count == targets.count else {
            throw .value("cannot unpack \(items.count) value(s) into \(targets.count) variables")
        }
        for (target, item) in zip(targets, items) { try self.assign(target, item) }
    }

    private func execute(_ node: Statement.BlockAssignment) throws(TemplateError) -> Flow {
        try self.enter(scope: node.scope)
        defer { self.leave(scope: node.scope) }
        let (text, flow) = try self.capture { () throws(TemplateError) in try self.execute(node.body) }
        guard flow == .normal else { return flow }
        let value = try self.applied(node.filter, to: text)
        try self.checkNamespaces(of: node.target)
        self.position = node.position
        try self.assign(node.target, value)
        return .normal
    }

    /// The text of a block after its filters.
    private func applied(_ filter: Expression?, to text: Text) throws(TemplateError) -> Value {
        guard let filter else { return try self.string(text) }
        let outer = self.blockText
        self.blockText = try self.string(text)
        defer { self.blockText = outer }
        return try self.evaluate(filter)
    }

    private func execute(_ node: Statement.FilterBlock) throws(TemplateError) -> Flow {
        try self.enter(scope: node.scope)
        defer { self.leave(scope: node.scope) }
        let (text, flow) = try self.capture { () throws(TemplateError) in try self.execute(node.body) }
        guard flow == .normal else { return flow }
        try self.print(try self.applied(node.filter, to: text))
        return .normal
    }

    private func execute(_ node: Statement.With) throws(TemplateError) -> Flow {
        var values: [Value] = []
        for value in node.values { values.append(try self.evaluate(value)) }
        try self.enter(scope: node.scope)
        defer { self.leave(scope: node.scope) }
        self.position = node.position
        for (target, value) in zip(node.targets, values) { try self.assign(target, value) }
        return try self.execute(node.body)
    }

    // MARK: functions

    private func execute(_ node: Statement.CallBlock) throws(TemplateError) {
        let caller = try self.object(MacroObject(node.caller, self.captureActivation()))
        try self.print(try self.evaluate(node.call, caller: caller))
    }

    private func execute(generation function: Statement.Function) throws(TemplateError) {
        let outer = self.activation
        self.activation = Activation(slotCount: self.program.scopes.functions[function.id].slotCount, parent: outer)
        defer { self.activation = outer }
        try self.enter(scope: function.scope)
        _ = try self.execute(function.body)
    }
}

extension AssignTarget {
    /// The names of which attributes are set.
    var namespaces: [Expression.Name] {
        switch self {
        case .name: []
        case .attribute(let name, _): [name]
        case .items(let targets): targets.flatMap(\.namespaces)
        }
    }
}
