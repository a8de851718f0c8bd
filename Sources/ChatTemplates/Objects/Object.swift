/// A value that is not data: a function, a macro, `loop`, a namespace, a range, what goes through items one at a time.
class Object {
    /// How many levels of values lie in it.
    let depth: Int

    init(depth: Int = 0) {
        self.depth = depth
    }

    var typeName: String { "object" }
    /// How many steps it takes to compare it with another.
    var weight: Int { 1 }
    var isTrue: Bool { self.length.map { $0 > 0 } ?? true }
    var isHashable: Bool { true }
    var isCallable: Bool { false }
    /// Whether it can be gone through.
    var isIterable: Bool { false }
    /// The number of items, where it is known.
    var length: Int? { nil }

    func equals(_ other: Object) -> Bool { false }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

    /// The attribute of a name; nil where there is none.
    func attribute(_ name: Text, _ evaluator: Evaluator) throws(TemplateError) -> Value? { nil }
    /// The item of a key; nil where there is none, or where it has no items.
    func item(_ key: Value) -> Value? { nil }
    func makeIterator(_ evaluator: Evaluator) throws(TemplateError) -> ValueIterator {
        throw .type("'\(self.typeName)' object is not iterable")
    }
    func call(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        throw .type("'\(self.typeName)' object is not callable")
    }
    /// What Python prints of it.
    func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("<\(self.typeName)>")
    }
}
