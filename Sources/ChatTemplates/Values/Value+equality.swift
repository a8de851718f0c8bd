extension Value {
    /// Python's `==`. What it costs at most is the smaller `weight` of the two.
    func equals(_ other: Value) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)): return left == right
        case (.undefined, .undefined), (.none, .none): return true
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return left === right || Self.equal(left.items, right.items)
        case (.dictionary(let left), .dictionary(let right)): return left === right || Self.equal(left, right)
        case (.object(let left), .object(let right)): return left === right || left.equals(right)
        default:
            if let left = self.int, let right = other.int { return left == right }
            guard let left = self.number, let right = other.number else { return false }
            return left == right && Self.exact(self, other)
        }
    }

    /// Whether an integer that became a floating-point number for the comparison was that number.
    private static func exact(_ left: Value, _ right: Value) -> Bool {
        switch (left.int, right.int) {
        case (let int?, nil): right.number.flatMap { Int(exactly: $0) } == int
        case (nil, let int?): left.number.flatMap { Int(exactly: $0) } == int
        default: true
        }
    }

    private static func equal(_ left: [Value], _ right: [Value]) -> Bool {
        guard left.count == right.count else { return false }
        for place in left.indices where !left[place].equals(right[place]) { return false }
        return true
    }

    private static func equal(_ left: DictionaryStorage, _ right: DictionaryStorage) -> Bool {
        guard left.count == right.count else { return false }
        for (key, value) in zip(left.keys, left.values) {
            guard let other = right[key], value.equals(other) else { return false }
        }
        return true
    }

    /// Equal values have equal hashes: numbers of different types too.
    func hash(into hasher: inout Hasher) {
        switch self {
        case .undefined: hasher.combine(0)
        case .none: hasher.combine(1)
        case .boolean, .integer, .double:
            if let int = self.int ?? self.number.flatMap({ Int(exactly: $0) }) { hasher.combine(int) } else { hasher.combine(self.number) }
        case .string(let text): hasher.combine(text)
        case .list(let storage), .tuple(let storage):
            hasher.combine(2)
            for item in storage.items { item.hash(into: &hasher) }
        case .dictionary(let storage): hasher.combine(storage.count)
        case .object(let object): object.hash(into: &hasher)
        }
    }

    /// Python's name of the type that keeps the value from being a key: its own, or that of a value in it.
    ///
    /// Told without going through it: what is in a value may be in it many times over.
    var unhashableType: String? {
        switch self {
        case .list, .dictionary: self.typeName
        case .tuple(let storage): storage.unhashableType
        case .object(let object): object.isHashable ? nil : object.typeName
        default: nil
        }
    }

    /// A list or a dictionary cannot be a key, nor what holds one.
    func checkHashable() throws(TemplateError) {
        guard let type = self.unhashableType else { return }
        throw TemplateError(.type, "unhashable type: '\(type)'; a key must be a text, a number or a tuple")
    }

    /// Whether both are the same thing: what `sameas` asks.
    func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.none, .none): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left == right && left.isSafe == right.isSafe
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): left === right
        case (.dictionary(let left), .dictionary(let right)): left === right
        case (.object(let left), .object(let right)): left === right
        default: false
        }
    }
}
