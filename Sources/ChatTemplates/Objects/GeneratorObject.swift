/// What `map`, `select` and their like make: it can be gone through once, has no length, and counts as true.
final class GeneratorObject: Object {
    private let iterator: ValueIterator
    private let name: String

    /// - Parameter depth: the levels of values that lie in what it draws from.
    init(depth: Int, name: String = "generator", _ iterator: ValueIterator) {
        self.iterator = iterator
        self.name = name
        super.init(depth: depth)
    }

    override var typeName: String { self.name }
    override var isIterable: Bool { true }
    override func makeIterator(_ evaluator: Evaluator) throws(TemplateError) -> ValueIterator {
        ValueIterator { () throws(TemplateError) in
            // One generator may draw from another, and so on.
            try evaluator.enter("a chain of filters")
            defer { evaluator.leave() }
            try evaluator.charge(1)
            return try self.iterator.next()
        }
    }
    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("<\(self.name) object>")
    }
}
