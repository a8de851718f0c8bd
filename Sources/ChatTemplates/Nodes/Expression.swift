/// What has a value. `position` is the place in the text to name if it fails; `depth` is how deep what it is made of nests.
indirect enum Expression: Sendable {
    case constant(Constant)
    case name(Name)
    case tuple(Items)
    case list(Items)
    case dictionary(Entries)
    case not(Operand)
    case negative(Operand)
    case positive(Operand)
    case and(Operands)
    case or(Operands)
    case arithmetic(Arithmetic)
    case comparison(Comparison)
    case concatenation(Items)
    case conditional(Conditional)
    case attribute(Attribute)
    case item(Item)
    case slice(Slice)
    case call(Call)
    case filter(FilterCall)
    case test(TestCall)

    var depth: Int {
        switch self {
        case .constant, .name: 1
        case .tuple(let node), .list(let node), .concatenation(let node): node.depth
        case .dictionary(let node): node.depth
        case .not(let node), .negative(let node), .positive(let node): node.depth
        case .and(let node), .or(let node): node.depth
        case .arithmetic(let node): node.depth
        case .comparison(let node): node.depth
        case .conditional(let node): node.depth
        case .attribute(let node): node.depth
        case .item(let node): node.depth
        case .slice(let node): node.depth
        case .call(let node): node.depth
        case .filter(let node): node.depth
        case .test(let node): node.depth
        }
    }
}

extension Expression {
    enum Constant: Sendable {
        case none
        case boolean(Bool)
        case integer(Int)
        case double(Double)
        case string(Text)
    }

    /// A use of a variable. `id` counts the uses in the template; `Scopes` knows the place of each.
    final class Name: Sendable {
        let name: String
        let id: Int
        let position: Int

        init(_ name: String, id: Int, position: Int) {
            self.name = name
            self.id = id
            self.position = position
        }
    }

    final class Items: Sendable {
        let items: [Expression]
        let depth: Int

        init(_ items: [Expression]) {
            self.items = items
            self.depth = 1 + Expression.depth(of: items)
        }
    }

    final class Entries: Sendable {
        let keys: [Expression]
        let values: [Expression]
        let position: Int
        let depth: Int

        init(keys: [Expression], values: [Expression], position: Int) {
            self.keys = keys
            self.values = values
            self.position = position
            self.depth = 1 + Expression.depth(of: keys + values)
        }
    }

    final class Operand: Sendable {
        let operand: Expression
        let position: Int
        let depth: Int

        init(_ operand: Expression, position: Int) {
            self.operand = operand
            self.position = position
            self.depth = 1 + operand.depth
        }
    }

    final class Operands: Sendable {
        let left: Expression
        let right: Expression
        let depth: Int

        init(_ left: Expression, _ right: Expression) {
            self.left = left
            self.right = right
            self.depth = 1 + max(left.depth, right.depth)
        }
    }

    final class Arithmetic: Sendable {
        let operation: ArithmeticOperation
        let left: Expression
        let right: Expression
        let position: Int
        let depth: Int

        init(_ operation: ArithmeticOperation, _ left: Expression, _ right: Expression, position: Int) {
            self.operation = operation
            self.left = left
            self.right = right
            self.position = position
            self.depth = 1 + max(left.depth, right.depth)
        }
    }

    /// `a < b <= c`: each operand is evaluated once, and only as long as what came before holds.
    final class Comparison: Sendable {
        let first: Expression
        let rest: [(operation: ComparisonOperation, operand: Expression)]
        let position: Int
        let depth: Int

        init(_ first: Expression, _ rest: [(operation: ComparisonOperation, operand: Expression)], position: Int) {
            self.first = first
            self.rest = rest
            self.position = position
            self.depth = 1 + max(first.depth, Expression.depth(of: rest.map(\.operand)))
        }
    }

    final class Conditional: Sendable {
        let condition: Expression
        let value: Expression
        let alternative: Expression?
        let depth: Int

        init(if condition: Expression, then value: Expression, else alternative: Expression?) {
            self.condition = condition
            self.value = value
            self.alternative = alternative
            self.depth = 1 + Expression.depth(of: [condition, value] + (alternative.map { [$0] } ?? []))
        }
    }

    final class Attribute: Sendable {
        let base: Expression
        let name: Text
        let position: Int
        let depth: Int

        init(_ name: Text, of base: Expression, position: Int) {
            self.base = base
            self.name = name
            self.position = position
            self.depth = 1 + base.depth
        }
    }

    final class Item: Sendable {
        let base: Expression
        let key: Expression
        let position: Int
        let depth: Int

        init(_ key: Expression, of base: Expression, position: Int) {
            self.base = base
            self.key = key
            self.position = position
            self.depth = 1 + max(base.depth, key.depth)
        }
    }

    final class Slice: Sendable {
        let base: Expression
        let start: Expression?
        let stop: Expression?
        let step: Expression?
        let position: Int
        let depth: Int

        init(of base: Expression, start: Expression?, stop: Expression?, step: Expression?, position: Int) {
            self.base = base
            self.start = start
            self.stop = stop
            self.step = step
            self.position = position
            self.depth = 1 + max(base.depth, Expression.depth(of: [start, stop, step].compactMap(\.self)))
        }
    }

    static func depth(of expressions: [Expression]) -> Int {
        expressions.reduce(0) { max($0, $1.depth) }
    }
}
