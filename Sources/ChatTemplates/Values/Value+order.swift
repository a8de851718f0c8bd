extension Value {
    /// Python's `<`, which numbers, texts, lists and tuples have among their own kind. What it costs at most is the smaller `weight`.
    func isLess(than other: Value, operator name: String = "<") throws(TemplateError) -> Bool {
        try Self.compare(self, other, name) { $0 < 0 }
    }

    /// One of the operators `<`, `<=`, `>`, `>=`, given by the sign of the difference that satisfies it.
    static func compare(_ left: Value, _ right: Value, _ name: String, _ accepts: (Int) -> Bool) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return accepts(left == right ? 0 : left < right ? -1 : 1)
        case (.list(let lefts), .list(let rights)), (.tuple(let lefts), .tuple(let rights)):
            for (left, right) in zip(lefts.items, rights.items) where !left.equals(right) {
                return try Self.compare(left, right, name, accepts)
            }
            return accepts((lefts.items.count - rights.items.count).signum())
        case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
        default:
            if let left = left.int, let right = right.int { return accepts(left == right ? 0 : left < right ? -1 : 1) }
            if let left = left.number, let right = right.number {
                return left.isNaN || right.isNaN ? false : accepts(left == right ? 0 : left < right ? -1 : 1)
            }
            throw TemplateError(.type, "'\(name)' is not supported between '\(left.typeName)' and '\(right.typeName)'")
        }
    }
}
