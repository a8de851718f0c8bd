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
        // Two numbers of 64 bits may lie further apart than a signed one tells.
        let isEmpty = step > 0 ? start >= stop : start <= stop
        let distance = UInt(bitPattern: step > 0 ? stop &- start : start &- stop)
        let count = isEmpty ? 0 : (distance - 1) / step.magnitude + 1
        guard count <= Self.maxCount else {
            throw TemplateError(.limit, "a range of more than \(Self.maxCount) items, which the sandbox does not allow")
        }
        self.count = Int(count)
    }

    /// The range of the items between two places, which may lie one before the first and one behind the last.
    func slice(from first: Int, to end: Int, by step: Int) throws(TemplateError) -> RangeObject {
        let (step, overflow) = step.multipliedReportingOverflow(by: self.step)
        return try RangeObject(start: try self.bound(first), stop: try self.bound(end), step: try Self.checked(step, overflow))
    }

    private func bound(_ place: Int) throws(TemplateError) -> Int {
        let (offset, isLong) = place.multipliedReportingOverflow(by: self.step)
        let (bound, overflow) = self.start.addingReportingOverflow(offset)
        return try Self.checked(bound, isLong || overflow)
    }

    private static func checked(_ number: Int, _ overflow: Bool) throws(TemplateError) -> Int {
        guard !overflow else { throw .value("a bound of the range is beyond 64 bits") }
        return number
    }

    /// The item at a place that exists. It has 64 bits, the product on the way to it may have more.
    private subscript(place: Int) -> Value { .integer(self.start &+ place &* self.step) }

    override var typeName: String { "range" }
    override var isIterable: Bool { true }
    override var length: Int? { self.count }
    var items: [Value] { (0..<self.count).map { self[$0] } }

    override func item(_ key: Value) -> Value? {
        guard let index = key.int else { return nil }
        let place = index < 0 ? index + self.count : index
        return (0..<self.count).contains(place) ? self[place] : nil
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
    override func hash(into hasher: inout Hasher) {
        hasher.combine(self.count)
        if self.count > 0 { hasher.combine(self.start) }
    }
    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("range(\(self.start), \(self.stop)\(self.step == 1 ? "" : ", \(self.step)"))")
    }
}
