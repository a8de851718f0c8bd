extension Evaluator {
    func execute(_ node: Statement.Loop) throws(TemplateError) -> Flow {
        let items = try self.evaluate(node.items)
        guard let function = node.function else { return try self.run(node, over: items, level: 0, recursion: nil) }
        try self.print(try self.recurse(node, function, over: items, level: 0, from: self.captureActivation()))
        return .normal
    }

    /// Renders a recursive loop, as `loop(…)` in its body does for other items.
    private func recurse(
        _ node: Statement.Loop,
        _ function: FunctionID,
        over items: Value,
        level: Int,
        from outer: Activation
    ) throws(TemplateError) -> Value {
        try self.enter("a recursive loop")
        defer { self.leave() }
        let caller = self.activation
        self.activation = Activation(slotCount: self.program.scopes.functions[function].slotCount, parent: outer)
        defer { self.activation = caller }
        let (text, _) = try self.capture { () throws(TemplateError) in
            try self.run(node, over: items, level: level) { (items, level) throws(TemplateError) in
                try self.recurse(node, function, over: items, level: level, from: outer)
            }
        }
        return try self.string(text)
    }

    private func run(
        _ node: Statement.Loop,
        over items: Value,
        level: Int,
        recursion: ((Value, Int) throws(TemplateError) -> Value)?
    ) throws(TemplateError) -> Flow {
        self.position = node.position
        var iterator = try self.iterator(over: items)
        if let condition = node.condition {
            // The condition stands beside a recursive loop's function, not inside of it.
            let activation = self.captureActivation()
            iterator = self.filtered(iterator, condition, in: node.function == nil ? activation : activation.parent)
        }
        var loop: LoopObject?
        let loopSlot = self.program.scopes.loopSlots[node.scope]
        if loopSlot != nil {
            let length = node.condition == nil ? try self.knownLength(of: items) : nil
            let object = LoopObject(iterator, length: length, depth: items.depth, level: level, recursion: recursion)
            _ = try self.object(object)
            loop = object
        }
        var isEmpty = true
        defer { self.leave(scope: node.scope) }
        while let item = loop == nil ? try iterator.next() : try loop?.advance() {
            try self.charge(1)
            if let loopSlot, let loop { self.activation.slots[loopSlot] = .object(loop) }
            self.position = node.position
            try self.assign(node.target, item)
            try self.enter(scope: node.scope)
            let flow = try self.execute(node.body)
            if flow == .breakLoop { break }
            // As in Jinja, a body that ends with `break` or `continue` does not count.
            if flow == .normal { isEmpty = false }
            // What the next item is found by runs in the scope around the loop.
            self.position = node.position
        }
        guard isEmpty, !node.otherwise.isEmpty else { return .normal }
        try self.enter(scope: node.otherwiseScope)
        defer { self.leave(scope: node.otherwiseScope) }
        return try self.execute(node.otherwise)
    }

    /// The items that satisfy the condition of a loop, each tested when it is asked for.
    private func filtered(
        _ iterator: ValueIterator,
        _ condition: (target: AssignTarget, test: Expression, function: FunctionID, scope: ScopeID),
        in outer: Activation?
    ) -> ValueIterator {
        let activation = Activation(slotCount: self.program.scopes.functions[condition.function].slotCount, parent: outer)
        var isEntered = false
        return ValueIterator { () throws(TemplateError) in
            let caller = self.activation
            self.activation = activation
            defer { self.activation = caller }
            if !isEntered { try self.enter(scope: condition.scope) }
            isEntered = true
            while let item = try iterator.next() {
                try self.charge(1)
                try self.assign(condition.target, item)
                if try self.evaluate(condition.test).isTrue { return item }
            }
            return nil
        }
    }
}
