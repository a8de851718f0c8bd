extension Value {
    /// Python's `<`, which numbers, texts, lists and tuples have among their own kind. What it costs at most is the smaller `weight`.
    func isLess(than other: Value, operator name: String = "<") throws(TemplateError) -> Bool {
        try Self.compare(self, other, name) { $0 < 0 }
    }

    /// One of the operators `<`, `<=`, `>`, `>=`, given by the sign of the difference that satisfies it.
    static func compare(_ left: Value, _ right: Value, _ name: String, _ accepts: (Int) -> Bool) throws(TemplateError) -> Bool {
        var (left, right) = (left, right)
        // The first items that differ take the lists' place, since these may nest deeper than the stack has room for calls.
        while let (lefts, rights) = Self.items(left, right) {
            guard let place = lefts.indices.prefix(rights.count).first(where: { !lefts[$0].equals(rights[$0]) }) else {
                return accepts((lefts.count - rights.count).signum())
            }
            (left, right) = (lefts[place], rights[place])
        }
        switch (left, right) {
        case (.string(let left), .string(let right)): return accepts(left == right ? 0 : left < right ? -1 : 1)
        case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
        default:
            if let left = left.int, let right = right.int { return accepts(left == right ? 0 : left < right ? -1 : 1) }
            if let left = left.number, let right = right.number {
                return left.isNaN || right.isNaN ? false : accepts(left == right ? 0 : left < right ? -1 : 1)
            }
            throw TemplateError(.type, "'\(name)' is not supported between '\(left.typeName)' and '\(right.typeName)'")
        }
    }

    /// What two lists or two tuples hold.
    private static func items(_ left: Value, _ right: Value) -> ([Value], [Value])? {
        switch (left, right) {
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): (left.items, right.items)
        default: nil
        }
    }
}
