/// What a template consists of.
indirect enum Statement: Sendable {
    case text([UInt8])
    case output(Expression)
    case branch(Branch)
    case loop(Loop)
    case assignment(AssignTarget, Expression, position: Int)
    case blockAssignment(BlockAssignment)
    case macro(Expression.Name, Function)
    case callBlock(CallBlock)
    case filterBlock(FilterBlock)
    case with(With)
    /// `{% generation %}`: what it holds is rendered in a scope of its own.
    case generation(Function)
    case breakLoop
    case continueLoop
}

/// What a value is assigned to.
indirect enum AssignTarget: Sendable {
    case name(Expression.Name)
    /// `namespace.attribute`
    case attribute(Expression.Name, Text)
    case items([AssignTarget])

    /// The names it consists of.
    var names: [Expression.Name] {
        switch self {
        case .name(let name), .attribute(let name, _): [name]
        case .items(let targets): targets.flatMap(\.names)
        }
    }
}

extension Statement {
    final class Branch: Sendable {
        let branches: [(condition: Expression, body: [Statement])]
        let otherwise: [Statement]

        init(_ branches: [(condition: Expression, body: [Statement])], otherwise: [Statement]) {
            self.branches = branches
            self.otherwise = otherwise
        }
    }

    final class Loop: Sendable {
        let target: AssignTarget
        let items: Expression
        /// The condition behind `if` in the tag, with names of its own for the target: it has a scope of its own.
        let condition: (target: AssignTarget, test: Expression, function: FunctionID, scope: ScopeID)?
        let body: [Statement]
        let otherwise: [Statement]
        let scope: ScopeID
        let otherwiseScope: ScopeID
        /// Its own function, where it is recursive.
        let function: FunctionID?
        let position: Int

        init(
            target: AssignTarget,
            items: Expression,
            condition: (target: AssignTarget, test: Expression, function: FunctionID, scope: ScopeID)?,
            body: [Statement],
            otherwise: [Statement],
            scope: ScopeID,
            otherwiseScope: ScopeID,
            function: FunctionID?,
            position: Int
        ) {
            self.target = target
            self.items = items
            self.condition = condition
            self.body = body
            self.otherwise = otherwise
            self.scope = scope
            self.otherwiseScope = otherwiseScope
            self.function = function
            self.position = position
        }
    }

    final class BlockAssignment: Sendable {
        let target: AssignTarget
        let filter: Expression?
        let body: [Statement]
        let scope: ScopeID
        let position: Int

        init(target: AssignTarget, filter: Expression?, body: [Statement], scope: ScopeID, position: Int) {
            self.target = target
            self.filter = filter
            self.body = body
            self.scope = scope
            self.position = position
        }
    }

    /// What can be called: the body of a macro, of a `call` block, of a `generation` block.
    final class Function: Sendable {
        /// The name of the macro; nil for a block.
        let name: String?
        let parameters: [Expression.Name]
        /// The values of the last parameters, where they are not given.
        let defaults: [Expression]
        let body: [Statement]
        let id: FunctionID
        let scope: ScopeID
        let position: Int

        init(
            name: String?,
            parameters: [Expression.Name],
            defaults: [Expression],
            body: [Statement],
            id: FunctionID,
            scope: ScopeID,
            position: Int
        ) {
            self.name = name
            self.parameters = parameters
            self.defaults = defaults
            self.body = body
            self.id = id
            self.scope = scope
            self.position = position
        }
    }

    final class CallBlock: Sendable {
        let call: Expression.Call
        let caller: Function

        init(call: Expression.Call, caller: Function) {
            self.call = call
            self.caller = caller
        }
    }

    final class FilterBlock: Sendable {
        let filter: Expression
        let body: [Statement]
        let scope: ScopeID

        init(filter: Expression, body: [Statement], scope: ScopeID) {
            self.filter = filter
            self.body = body
            self.scope = scope
        }
    }

    final class With: Sendable {
        let targets: [AssignTarget]
        let values: [Expression]
        let body: [Statement]
        let scope: ScopeID
        let position: Int

        init(targets: [AssignTarget], values: [Expression], body: [Statement], scope: ScopeID, position: Int) {
            self.targets = targets
            self.values = values
            self.body = body
            self.scope = scope
            self.position = position
        }
    }
}
