extension Evaluator {
    /// What goes through a value.
    func iterator(over value: Value) throws(TemplateError) -> ValueIterator {
        switch value {
        case .list(let storage), .tuple(let storage): return ValueIterator(storage.items)
        case .dictionary(let storage): return ValueIterator(storage.keys)
        case .undefined: return ValueIterator([])
        case .string(let text):
            try self.charge(text.bytes.count)
            return ValueIterator(text.characters.map { .string($0) })
        case .object(let object) where object.isIterable:
            try self.charge(object.length ?? 1)
            return try object.makeIterator(self)
        default: throw .type("'\(value.typeName)' object is not iterable")
        }
    }

    /// All that going through a value gives.
    func items(of value: Value) throws(TemplateError) -> [Value] {
        switch value {
        case .list(let storage), .tuple(let storage): return storage.items
        case .dictionary(let storage): return storage.keys
        default:
            let iterator = try self.iterator(over: value)
            var items: [Value] = []
            while let item = try iterator.next() {
                try self.charge(1)
                items.append(item)
            }
            return items
        }
    }

    /// The number of items, where it can be told without going through them.
    func knownLength(of value: Value) throws(TemplateError) -> Int? {
        switch value {
        case .list(let storage), .tuple(let storage): return storage.items.count
        case .dictionary(let storage): return storage.count
        case .string(let text):
            try self.charge(text.bytes.count / 64)
            return text.count
        case .undefined: return 0
        case .object(let object): return object.length
        default: return nil
        }
    }

    func length(of value: Value) throws(TemplateError) -> Int {
        if let length = try self.knownLength(of: value) { return length }
        throw .type("object of type '\(value.typeName)' has no len()")
    }

    func isIterable(_ value: Value) -> Bool {
        switch value {
        case .list, .tuple, .dictionary, .string, .undefined: true
        case .object(let object): object.isIterable
        default: false
        }
    }
}
