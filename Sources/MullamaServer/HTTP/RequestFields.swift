import ChatTemplates
import ModelStore
import Mullama

/// The fields of a request's JSON object, read by name. Null counts as missing; errors name the field and what it holds.
struct RequestFields {
    /// How the object is named in errors, with a dot behind it; empty for the request itself.
    private let path: String
    let object: TemplateDictionary
    private let reads: FieldReads?

    /// - Parameter reads: Told which fields are asked for, but not of those that are only refused.
    init(_ value: TemplateValue, path: String = "", reads: FieldReads? = nil) throws(APIError) {
        guard case .dictionary(let object) = value else {
            let name = path.isEmpty ? "the request's body" : path
            throw APIError.invalid(path.isEmpty ? nil : path, "\(name) is \(Self.kind(of: value)): it must be a JSON object")
        }
        self.object = object
        self.path = path.isEmpty ? "" : "\(path)."
        self.reads = reads
    }

    func name(_ field: String) -> String { self.path + field }

    subscript(_ field: String) -> TemplateValue? {
        self.reads?.note(self.name(field))
        return self.value(field)
    }

    private func value(_ field: String) -> TemplateValue? {
        let value = self.object[field]
        if case .some(.none) = value { return nil }
        return value
    }

    func string(_ field: String) throws(APIError) -> String? {
        switch self[field] {
        case nil: return nil
        case .string(let text): return text
        case let other?: throw self.wrong(field, "a string", other)
        }
    }

    func boolean(_ field: String) throws(APIError) -> Bool? {
        switch self[field] {
        case nil: return nil
        case .boolean(let value): return value
        case let other?: throw self.wrong(field, "true or false", other)
        }
    }

    /// Clients write whole numbers as `3.0`, too.
    func integer(_ field: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(APIError) -> Int? {
        let value: Int
        switch self[field] {
        case nil: return nil
        case .integer(let integer): value = integer
        case .double(let double):
            guard let integer = Int(exactly: double) else {
                throw self.wrong(field, double == double.rounded() ? "a whole number of 64 bits" : "a whole number", .double(double))
            }
            value = integer
        case let other?: throw self.wrong(field, "a whole number", other)
        }
        guard range.contains(value) else {
            let wanted = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw APIError.invalid(self.name(field), "\(self.name(field)) is \(value): it must be \(wanted)")
        }
        return value
    }

    func number(_ field: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity) throws(APIError) -> Double? {
        let value: Double
        switch self[field] {
        case nil: return nil
        case .integer(let integer): value = Double(integer)
        case .double(let double): value = double
        case let other?: throw self.wrong(field, "a number", other)
        }
        guard range.contains(value) else {
            let (low, high) = (Self.text(range.lowerBound), Self.text(range.upperBound))
            let wanted = range.upperBound.isFinite ? "\(low) to \(high)" : "at least \(low)"
            throw APIError.invalid(self.name(field), "\(self.name(field)) is \(Self.text(value)): it must be \(wanted)")
        }
        return value
    }

    /// One of a few words.
    func choice<Value>(_ field: String, of choices: KeyValuePairs<String, Value>) throws(APIError) -> Value? {
        guard let text = try self.string(field) else { return nil }
        guard let choice = choices.first(where: { $0.key == text }) else {
            let names = choices.map { "'\($0.key)'" }.joined(separator: ", ")
            throw APIError.invalid(self.name(field), "\(self.name(field)) is \(Quoted.text(text)): it must be one of \(names)")
        }
        return choice.value
    }

    /// A field that goes by several names. All that are given must say the same.
    func alias<Value: Equatable>(
        _ names: [String],
        _ read: (String) throws(APIError) -> Value?
    ) throws(APIError) -> Value? {
        var found: (name: String, value: Value)?
        for name in names {
            guard let value = try read(name) else { continue }
            guard let first = found else {
                found = (name, value)
                continue
            }
            guard first.value == value else {
                throw APIError.invalid(
                    self.name(name),
                    "\(self.name(first.name)) is \(first.value) and \(self.name(name)) is \(value): give one of them, or both the same"
                )
            }
        }
        return found?.value
    }

    func list(_ field: String) throws(APIError) -> [TemplateValue]? {
        switch self[field] {
        case nil: return nil
        case .list(let items): return items
        case let other?: throw self.wrong(field, "a list", other)
        }
    }

    /// One text, or a list of them.
    func strings(_ field: String) throws(APIError) -> [String]? {
        switch self[field] {
        case nil: return nil
        case .string(let text): return [text]
        case .list(let items):
            var texts: [String] = []
            for (index, item) in items.enumerated() {
                guard case .string(let text) = item else { throw self.wrong("\(field)[\(index)]", "a string", item) }
                texts.append(text)
            }
            return texts
        case let other?: throw self.wrong(field, "a string or a list of strings", other)
        }
    }

    func fields(_ field: String) throws(APIError) -> RequestFields? {
        guard let value = self[field] else { return nil }
        return try RequestFields(value, path: self.name(field), reads: self.reads)
    }

    /// Refuses fields that would change what the answer means and that cannot be heeded.
    ///
    /// - Parameter harmless: Values that ask for what happens anyway.
    func refuse(_ field: String, unless harmless: [TemplateValue] = [], because reason: String) throws(APIError) {
        guard let value = self.value(field), !harmless.contains(where: { Self.isSame($0, value) }) else { return }
        throw APIError.invalid(self.name(field), code: "unsupported_parameter", "\(self.name(field)) is not supported: \(reason)")
    }

    func wrong(_ field: String, _ wanted: String, _ value: TemplateValue) -> APIError {
        APIError.invalid(self.name(field), "\(self.name(field)) is \(Self.kind(of: value)): it must be \(wanted)")
    }

    /// Clients write whole numbers as `1.0`, too.
    private static func isSame(_ left: TemplateValue, _ right: TemplateValue) -> Bool {
        switch (left, right) {
        case (.integer(let integer), .double(let double)): Double(integer) == double
        default: left == right
        }
    }

    /// Numbers that are whole without the fraction, as people write them.
    private static func text(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func kind(of value: TemplateValue) -> String {
        switch value {
        case .none: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string: "a string"
        case .list: "a list"
        case .dictionary: "an object"
        }
    }
}
