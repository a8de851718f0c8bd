/// A function of ours: one of the globals, or a method of a value.
final class FunctionObject: Object {
    private let name: String
    private let body: (Arguments, Evaluator) throws(TemplateError) -> Value

    init(_ name: String, depth: Int = 0, _ body: @escaping (Arguments, Evaluator) throws(TemplateError) -> Value) {
        self.name = name
        self.body = body
        super.init(depth: depth)
    }

    override var typeName: String { "function" }
    override var isCallable: Bool { true }
    override func call(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        try self.body(arguments, evaluator)
    }
    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) { bytes.append("<function \(self.name)>") }
}
