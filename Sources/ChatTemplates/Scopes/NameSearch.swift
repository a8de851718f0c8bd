/// Looks whether a name is read in statements, in whatever scope, before it is assigned.
struct NameSearch {
    private let name: String
    private(set) var isUsed = false
    private var isOver = false

    init(_ name: String) {
        self.name = name
    }

    mutating func visit(_ statements: [Statement]) {
        for statement in statements where !self.isOver { self.visit(statement) }
    }

    private mutating func assigned(_ names: [Expression.Name]) {
        if names.contains(where: { $0.name == self.name }), !self.isUsed { self.isOver = true }
    }

    private mutating func visit(_ target: AssignTarget) {
        switch target {
        case .name(let name): self.assigned([name])
        case .attribute: break
        case .items(let targets):
            for target in targets { self.visit(target) }
        }
    }

    private mutating func visit(_ expression: Expression?) {
        guard !self.isOver, let expression else { return }
        var found = false
        expression.forEachName { found = found || $0.name == self.name }
        if found { (self.isUsed, self.isOver) = (true, true) }
    }

    private mutating func visit(_ function: Statement.Function) {
        self.assigned(function.parameters)
        for value in function.defaults { self.visit(value) }
        self.visit(function.body)
    }

    private mutating func visit(_ statement: Statement) {
        switch statement {
        case .text, .breakLoop, .continueLoop: break
        case .output(let expression): self.visit(expression)
        case .branch(let node):
            for branch in node.branches {
                self.visit(branch.condition)
                self.visit(branch.body)
            }
            self.visit(node.otherwise)
        case .loop(let node):
            self.visit(node.target)
            self.visit(node.items)
            self.visit(node.body)
            self.visit(node.otherwise)
            self.visit(node.condition?.test)
        case .assignment(let target, let value, _):
            self.visit(target)
            self.visit(value)
        case .blockAssignment(let node):
            self.visit(node.target)
            self.visit(node.filter)
            self.visit(node.body)
        case .macro(_, let function), .generation(let function): self.visit(function)
        case .callBlock(let node):
            self.visit(.call(node.call))
            self.visit(node.caller)
        case .filterBlock(let node):
            self.visit(node.body)
            self.visit(node.filter)
        case .with(let node):
            for target in node.targets { self.visit(target) }
            for value in node.values { self.visit(value) }
            self.visit(node.body)
        }
    }
}
