/// What `joiner` makes: empty at the first call, the separator at the others.
final class JoinerObject: Object {
    private let separator: Value
    private var isUsed = false

    init(_ separator: Value) {
        self.separator = separator
        super.init(depth: separator.depth + 1)
    }

    override var typeName: String { "Joiner" }
    override var isCallable: Bool { true }
    override func call(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        defer { self.isUsed = true }
        return self.isUsed ? self.separator : .string(Text.empty)
    }
}
