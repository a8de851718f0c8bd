/// What `cycler` makes: gives its items in turn.
final class CyclerObject: Object {
    private let items: [Value]
    private var place = 0

    init(_ items: [Value]) {
        self.items = items
        super.init(depth: items.reduce(0) { max($0, $1.depth) } + 1)
    }

    override var typeName: String { "Cycler" }
    override func attribute(_ name: Text, _ evaluator: Evaluator) throws(TemplateError) -> Value? {
        switch name {
        case "current": self.items[self.place]
        case "pos": .integer(self.place)
        case "items": .tuple(ListStorage(self.items))
        case "next":
            .object(
                FunctionObject("next", depth: self.depth + 1) { _, _ in
                    defer { self.place = (self.place + 1) % self.items.count }
                    return self.items[self.place]
                }
            )
        case "reset":
            .object(
                FunctionObject("reset", depth: self.depth + 1) { _, _ in
                    self.place = 0
                    return .none
                }
            )
        default: nil
        }
    }
}
