extension Evaluator {
    // MARK: comparisons

    func areEqual(_ left: Value, _ right: Value) throws(TemplateError) -> Bool {
        try self.charge(min(left.weight, right.weight) / 4)
        return left.equals(right)
    }

    func compare(_ left: Value, _ operation: ComparisonOperation, _ right: Value) throws(TemplateError) -> Bool {
        switch operation {
        case .equal: return try self.areEqual(left, right)
        case .notEqual: return try !self.areEqual(left, right)
        case .contained: return try self.contains(right, left)
        case .notContained: return try !self.contains(right, left)
        default:
            try self.charge(min(left.weight, right.weight) / 4)
            return try Value.compare(left, right, operation.rawValue) { difference in
                switch operation {
                case .less: difference < 0
                case .lessOrEqual: difference <= 0
                case .greater: difference > 0
                default: difference >= 0
                }
            }
        }
    }

    /// Python's `in`.
    func contains(_ container: Value, _ value: Value) throws(TemplateError) -> Bool {
        switch container {
        case .string(let text):
            if case .undefined(let undefined) = value { throw undefined.error }
            guard case .string(let part) = value else {
                throw .type("'in <string>' requires a text as left operand, not '\(value.typeName)'")
            }
            try self.charge((text.bytes.count + part.bytes.count) / 16)
            return text.contains(part)
        case .dictionary(let storage):
            try self.charge(value.weight)
            try value.checkHashable()
            return storage[value] != nil
        case .object(let view as DictionaryView): return try self.contains(.list(ListStorage(view.items)), value)
        case .undefined: return false
        case .none, .boolean, .integer, .double: throw .type("argument of type '\(container.typeName)' is not iterable")
        case .list, .tuple, .object:
            let iterator = try self.iterator(over: container)
            while let item = try iterator.next() {
                try self.charge(1)
                if try self.areEqual(item, value) { return true }
            }
            return false
        }
    }

    // MARK: arithmetic

    func compute(_ operation: ArithmeticOperation, _ left: Value, _ right: Value) throws(TemplateError) -> Value {
        if let left = left.int, let right = right.int { return try Self.compute(operation, left, right) }
        if let left = left.number, let right = right.number { return try Self.compute(operation, left, right) }
        switch (left, right) {
        // A text that is formatted takes whatever comes, and what is undefined as nothing.
        case (.string(let format), _) where operation == .modulo: return try self.format(format, with: right)
        case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
        default: break
        }
        switch (operation, left, right) {
        case (.add, .string(let left), .string(let right)): return try self.joined(left, right)
        case (.add, .list(let left), .list(let right)): return try self.list(left.items + right.items)
        case (.add, .tuple(let left), .tuple(let right)): return try self.tuple(left.items + right.items)
        case (.multiply, .string(let text), _): if let count = right.int { return try self.repeated(text, count) }
        case (.multiply, _, .string(let text)): if let count = left.int { return try self.repeated(text, count) }
        case (.multiply, .list(let storage), _): if let count = right.int { return try self.list(try self.repeated(storage, count)) }
        case (.multiply, _, .list(let storage)): if let count = left.int { return try self.list(try self.repeated(storage, count)) }
        case (.multiply, .tuple(let storage), _): if let count = right.int { return try self.tuple(try self.repeated(storage, count)) }
        case (.multiply, _, .tuple(let storage)): if let count = left.int { return try self.tuple(try self.repeated(storage, count)) }
        default: break
        }
        throw Self.unsupported(operation, left, right)
    }

    private static func unsupported(_ operation: ArithmeticOperation, _ left: Value, _ right: Value) -> TemplateError {
        if operation == .add, case .string = left {
            return .type("can only join a text to a text, not a value of type '\(right.typeName)'; write ~ for +")
        }
        return .type("unsupported operand type(s) for \(operation.rawValue): '\(left.typeName)' and '\(right.typeName)'")
    }

    private func joined(_ left: Text, _ right: Text) throws(TemplateError) -> Value {
        let isSafe = left.isSafe || right.isSafe
        let (left, right) = isSafe ? (left.escaped, right.escaped) : (left, right)
        try self.checkSize(left.bytes.count + right.bytes.count)
        return try self.string(Text(left.bytes + right.bytes).safe(isSafe))
    }

    func repeated(_ text: Text, _ count: Int) throws(TemplateError) -> Value {
        guard count > 0, !text.isEmpty else { return .string(Text.empty.safe(text.isSafe)) }
        let (size, overflow) = text.bytes.count.multipliedReportingOverflow(by: count)
        try self.checkSize(overflow ? .max : size)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for _ in 0..<count { bytes.append(contentsOf: text.bytes) }
        return try self.string(Text(bytes).safe(text.isSafe))
    }

    private func repeated(_ storage: ListStorage, _ count: Int) throws(TemplateError) -> [Value] {
        guard count > 0, !storage.items.isEmpty else { return [] }
        let (size, overflow) = storage.items.count.multipliedReportingOverflow(by: count)
        try self.charge(overflow ? .max : size)
        return Array(repeatElement(storage.items, count: count).joined())
    }

    private static func compute(_ operation: ArithmeticOperation, _ left: Int, _ right: Int) throws(TemplateError) -> Value {
        let (result, overflow): (Int, Bool)
        switch operation {
        case .add: (result, overflow) = left.addingReportingOverflow(right)
        case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
        case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .divide:
            guard right != 0 else { throw .value("division by zero") }
            return .double(Double(left) / Double(right))
        case .floorDivide, .modulo:
            guard right != 0 else { throw .value("integer division or modulo by zero") }
            guard left != .min || right != -1 else { throw .value("the result of an operation is beyond 64 bits") }
            let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
            let isBelow = remainder != 0 && (remainder < 0) != (right < 0)
            return .integer(operation == .modulo ? (isBelow ? remainder + right : remainder) : (isBelow ? quotient - 1 : quotient))
        case .power: return try Self.power(left, right)
        }
        guard !overflow else { throw .value("the result of an operation is beyond 64 bits") }
        return .integer(result)
    }

    private static func power(_ base: Int, _ exponent: Int) throws(TemplateError) -> Value {
        guard exponent >= 0 else { return try Self.compute(.power, Double(base), Double(exponent)) }
        if base == 0 || base == 1 { return .integer(exponent == 0 ? 1 : base) }
        if base == -1 { return .integer(exponent.isMultiple(of: 2) ? 1 : -1) }
        var result = 1
        // A base of 2 or more leaves 64 bits before long.
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            guard !overflow else { throw .value("the result of an operation is beyond 64 bits") }
            result = product
        }
        return .integer(result)
    }

    private static func compute(_ operation: ArithmeticOperation, _ left: Double, _ right: Double) throws(TemplateError) -> Value {
        switch operation {
        case .add: return .double(left + right)
        case .subtract: return .double(left - right)
        case .multiply: return .double(left * right)
        case .divide:
            guard right != 0 else { throw .value("float division by zero") }
            return .double(left / right)
        case .floorDivide, .modulo:
            guard right != 0 else { throw .value("float floor division or modulo by zero") }
            var remainder = left.truncatingRemainder(dividingBy: right)
            var quotient = (left - remainder) / right
            if remainder != 0, (remainder < 0) != (right < 0) {
                remainder += right
                quotient -= 1
            } else if remainder == 0 {
                remainder = Double(signOf: right, magnitudeOf: 0)
            }
            guard operation == .floorDivide else { return .double(remainder) }
            let floor = quotient.rounded(.down)
            return .double(quotient - floor > 0.5 ? floor + 1 : floor)
        case .power: return .double(try Power.raise(left, to: right))
        }
    }
}
