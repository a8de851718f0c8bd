/// What `range` makes.
final class RangeObject: Object {
    /// The longest that Jinja's sandbox allows.
    static let maxCount = 100_000

    private let start: Int
    private let stop: Int
    private let step: Int
    private let count: Int

    init(start: Int, stop: Int, step: Int) throws(TemplateError) {
        guard step != 0 else { throw .value("range() arg 3 must not be zero") }
        self.start = start
        self.stop = stop
        self.step = step
        let distance = Double(stop) - Double(start)
        let count = distance / Double(step)
        guard count <= Double(Self.maxCount) else {
            throw TemplateError(.limit, "a range of more than \(Self.maxCount) items, which the sandbox does not allow")
        }
        // Short enough to count exactly.
        self.count = count <= 0 ? 0 : (stop - start + step - step.signum()) / step
    }

    /// The range of the items between two places, which may lie one before the first and one behind the last.
    func slice(from first: Int, to end: Int, by step: Int) throws(TemplateError) -> RangeObject {
        try RangeObject(start: self.start + first * self.step, stop: self.start + end * self.step, step: step * self.step)
    }

    override var typeName: String { "range" }
    override var isIterable: Bool { true }
    override var length: Int? { self.count }
    var items: [Value] { (0..<self.count).map { .integer(self.start + $0 * self.step) } }

    override func item(_ key: Value) -> Value? {
        guard let index = key.int else { return nil }
        let place = index < 0 ? index + self.count : index
        return (0..<self.count).contains(place) ? .integer(self.start + place * self.step) : nil
    }
    override func attribute(_ name: Text, _ evaluator: Evaluator) throws(TemplateError) -> Value? {
        switch name {
        case "start": .integer(self.start)
        case "stop": .integer(self.stop)
        case "step": .integer(self.step)
        default: nil
        }
    }
    override func makeIterator(_ evaluator: Evaluator) throws(TemplateError) -> ValueIterator { ValueIterator(self.items) }
    override func equals(_ other: Object) -> Bool {
        guard let other = other as? RangeObject, self.count == other.count else { return false }
        return self.count == 0 || (self.start == other.start && (self.count == 1 || self.step == other.step))
    }
    override func hash(into hasher: inout Hasher) { hasher.combine(self.count) }
    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("range(\(self.start), \(self.stop)\(self.step == 1 ? "" : ", \(self.step)"))")
    }
}
