extension Evaluator {
    /// `value.name`: an attribute or method first, then an item.
    func attribute(_ name: Text, of value: Value) throws(TemplateError) -> Value {
        if case .undefined(let undefined) = value { throw undefined.error }
        if let attribute = try self.ownAttribute(name, of: value) { return attribute }
        if case .dictionary(let storage) = value, let item = storage[name] { return item }
        return Undefined.attribute(name, of: value)
    }

    /// `value[key]`: an item first, then an attribute or method.
    func item(_ key: Value, of value: Value) throws(TemplateError) -> Value {
        switch value {
        case .undefined(let undefined): throw undefined.error
        case .list(let storage), .tuple(let storage):
            if let index = key.int {
                let place = index < 0 ? index + storage.items.count : index
                if storage.items.indices.contains(place) { return storage.items[place] }
            }
        case .dictionary(let storage):
            try self.charge(key.weight)
            if (try? key.checkHashable()) != nil, let item = storage[key] { return item }
        case .string(let text):
            if let index = key.int {
                try self.charge(text.isASCII ? 1 : text.bytes.count / 64)
                let place = index < 0 ? index.addingSaturated(text.count) : index
                if place >= 0, text.isASCII ? place < text.bytes.count : place < text.count {
                    let start = text.offset(of: place)
                    return .string(Text(text.bytes[start..<(start + text.scalar(at: start).1)]).safe(text.isSafe))
                }
            }
        case .object(let object):
            if let item = object.item(key) { return item }
        default: break
        }
        if case .string(let name) = key, let attribute = try self.ownAttribute(name, of: value) { return attribute }
        return Undefined.element(key, of: value)
    }

    /// What a value has by itself, not as one of its items; nil where there is nothing of the name.
    func ownAttribute(_ name: Text, of value: Value) throws(TemplateError) -> Value? {
        if let method = Methods.named(name, of: value) {
            return try self.object(
                FunctionObject(name.string, depth: value.depth + 1) { (arguments, evaluator) throws(TemplateError) in
                    try method(value, arguments, evaluator)
                }
            )
        }
        if Methods.isForbidden(name, of: value) { return Undefined.forbidden(name, of: value) }
        switch value {
        case .object(let object): return try object.attribute(name, self)
        case .tuple(let storage) where storage.isGroup:
            if name == "grouper" { return storage.items.first }
            return name == "list" ? storage.items.last : nil
        case .boolean, .integer: return Self.numberAttribute(name, .integer(value.int ?? 0), imaginary: .integer(0))
        case .double: return Self.numberAttribute(name, value, imaginary: .double(0))
        default: return nil
        }
    }

    private static func numberAttribute(_ name: Text, _ value: Value, imaginary: Value) -> Value? {
        switch name {
        case "real": value
        case "imag": imaginary
        case "numerator": value.int == nil ? nil : value
        case "denominator": value.int == nil ? nil : .integer(1)
        default: nil
        }
    }

    /// The value behind a path such as `author.name` or `0.name`, as filters take it.
    func attribute(path: [Value], of value: Value, default alternative: Value? = nil) throws(TemplateError) -> Value {
        var value = value
        for part in path {
            value = try self.item(part, of: value)
            if value.isUndefined, let alternative { value = alternative }
        }
        return value
    }

    // MARK: slices

    func slice(_ value: Value, start: Value, stop: Value, step: Value) throws(TemplateError) -> Value {
        func bound(_ value: Value) throws(TemplateError) -> Int? {
            if value.isNone { return nil }
            if case .undefined = value { throw .type("slice indices must be integers or None, not undefined") }
            guard let int = value.int else { throw .type("slice indices must be integers or None, not '\(value.typeName)'") }
            return int
        }
        let (start, stop, step) = (try bound(start), try bound(stop), try bound(step) ?? 1)
        guard step != 0 else { throw .value("slice step cannot be zero") }
        switch value {
        case .undefined(let undefined): throw undefined.error
        case .list(let storage): return try self.list(Self.places(start, stop, step, count: storage.items.count).map { storage.items[$0] })
        case .tuple(let storage):
            return try self.tuple(Self.places(start, stop, step, count: storage.items.count).map { storage.items[$0] })
        case .string(let text): return try self.slice(text, start, stop, step)
        case .object(let range as RangeObject):
            let count = range.length ?? 0
            let (first, end) = Self.ends(start, stop, step, count: count)
            return try self.object(try range.slice(from: first, to: end, by: min(max(step, -count - 1), count + 1)))
        default: throw .type("'\(value.typeName)' object cannot be sliced")
        }
    }

    private func slice(_ text: Text, _ start: Int?, _ stop: Int?, _ step: Int) throws(TemplateError) -> Value {
        try self.charge(text.bytes.count / 16)
        let count = text.count
        if step == 1 {
            let (first, end) = Self.bounds(start, stop, count: count)
            guard first < end else { return .string(Text.empty.safe(text.isSafe)) }
            let slice = text.bytes[text.offset(of: first)..<text.offset(of: end)]
            return try self.string(Text(slice).safe(text.isSafe))
        }
        let offsets = text.offsets
        var bytes: [UInt8] = []
        for place in Self.places(start, stop, step, count: count) {
            bytes.append(contentsOf: text.bytes[offsets[place]..<offsets[place + 1]])
        }
        return try self.string(Text(bytes).safe(text.isSafe))
    }

    /// The bounds of a slice with the step 1, within what there is.
    static func bounds(_ start: Int?, _ stop: Int?, count: Int) -> (Int, Int) {
        func clamp(_ bound: Int) -> Int { min(max(bound < 0 ? bound.addingSaturated(count) : bound, 0), count) }
        return (clamp(start ?? 0), clamp(stop ?? count))
    }

    private static func places(_ start: Int?, _ stop: Int?, _ step: Int, count: Int) -> [Int] {
        let (first, end) = Self.ends(start, stop, step, count: count)
        guard step > 0 ? first < end : first > end else { return [] }
        return Array(stride(from: first, to: end, by: min(max(step, -count - 1), count + 1)))
    }

    /// The first place of a slice and the one at which it ends.
    private static func ends(_ start: Int?, _ stop: Int?, _ step: Int, count: Int) -> (Int, Int) {
        guard step < 0 else { return Self.bounds(start, stop, count: count) }
        func clamp(_ bound: Int) -> Int { min(max(bound < 0 ? bound.addingSaturated(count) : bound, -1), count - 1) }
        return (start.map(clamp) ?? count - 1, stop.map(clamp) ?? -1)
    }
}
