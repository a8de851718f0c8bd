/// The variable `loop` in the body of a `for`. It looks one item ahead, and to the end, only when it is asked what comes.
final class LoopObject: Object {
    private var iterator: ValueIterator
    private var knownLength: Int?
    private var place = -1
    private var current: Value?
    private var before: Value?
    /// The item after the current one, where somebody asked: nil inside is the end.
    private var after: Value??
    private var lastChanged: [Value]?
    private let level: Int
    private let recursion: ((Value, Int) throws(TemplateError) -> Value)?

    /// - Parameters:
    ///   - length: the number of items, where it is known before.
    ///   - level: how many loops of the same `recursive` statement are around this one.
    ///   - recursion: renders the same loop over other items, a level deeper.
    init(
        _ iterator: ValueIterator,
        length: Int?,
        depth: Int,
        level: Int,
        recursion: ((Value, Int) throws(TemplateError) -> Value)?
    ) {
        self.iterator = iterator
        self.knownLength = length
        self.level = level
        self.recursion = recursion
        super.init(depth: depth + 1)
    }

    /// The next item becomes the current one.
    func advance() throws(TemplateError) -> Value? {
        let next: Value?
        if let after = self.after {
            next = after
            self.after = nil
        } else {
            next = try self.iterator.next()
        }
        guard let next else { return nil }
        self.place += 1
        self.before = self.current
        self.current = next
        return next
    }

    private func peek() throws(TemplateError) -> Value? {
        if let after = self.after { return after }
        let next = try self.iterator.next()
        self.after = .some(next)
        return next
    }

    private func countAll() throws(TemplateError) -> Int {
        if let length = self.knownLength { return length }
        var rest: [Value] = []
        while let value = try self.iterator.next() { rest.append(value) }
        self.iterator = ValueIterator(rest)
        var peeked = 0
        if case .some(.some) = self.after { peeked = 1 }
        let length = self.place + 1 + peeked + rest.count
        self.knownLength = length
        return length
    }

    override var typeName: String { "LoopContext" }
    override var isTrue: Bool { true }
    override var isCallable: Bool { true }

    override func attribute(_ name: Text, _ evaluator: Evaluator) throws(TemplateError) -> Value? {
        switch name {
        case "index": .integer(self.place + 1)
        case "index0": .integer(self.place)
        case "first": .boolean(self.place == 0)
        case "last": .boolean(try self.peek() == nil)
        case "length": .integer(try self.countAll())
        case "revindex": .integer(try self.countAll() - self.place)
        case "revindex0": .integer(try self.countAll() - self.place - 1)
        case "depth": .integer(self.level + 1)
        case "depth0": .integer(self.level)
        case "previtem": self.place == 0 ? Undefined.hint("there is no previous item") : self.before
        case "nextitem": try self.peek() ?? Undefined.hint("there is no next item")
        case "cycle":
            .object(FunctionObject("cycle", depth: self.depth + 1) { (arguments, _) throws(TemplateError) in try self.cycle(arguments) })
        case "changed":
            .object(
                FunctionObject("changed", depth: self.depth + 1) { (arguments, evaluator) throws(TemplateError) in
                    try self.changed(arguments, evaluator)
                }
            )
        default: nil
        }
    }

    private func cycle(_ arguments: Arguments) throws(TemplateError) -> Value {
        guard !arguments.positional.isEmpty else { throw .type("no items for cycling given") }
        return arguments.positional[self.place % arguments.positional.count]
    }

    private func changed(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        let values = ListStorage(arguments.positional)
        try evaluator.charge(values.weight)
        guard let last = self.lastChanged, Value.tuple(ListStorage(last)).equals(.tuple(values)) else {
            self.lastChanged = arguments.positional
            return .boolean(true)
        }
        return .boolean(false)
    }

    override func call(_ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        guard let recursion = self.recursion else {
            throw .type("the loop must have the 'recursive' marker to be called recursively")
        }
        guard let items = arguments.positional.first, arguments.positional.count == 1, arguments.keywords.isEmpty else {
            throw .type("loop() takes the items to go through and nothing else")
        }
        return try recursion(items, self.level + 1)
    }

    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("<LoopContext \(self.place + 1)/\(try self.countAll())>")
    }
}
