/// The shape of the physical KV cache: how many sequences it holds, and how many tokens each of them may have.
public struct CacheGeometry: Sendable, Hashable, CustomStringConvertible {
    public var slots: Int
    public var cellsPerSlot: Int

    public init(slots: Int, cellsPerSlot: Int) {
        self.slots = slots
        self.cellsPerSlot = cellsPerSlot
    }

    /// No cache at all: what a model has before its first request.
    public static let none = CacheGeometry(slots: 0, cellsPerSlot: 0)

    public var cells: Int {
        let (product, overflow) = self.slots.multipliedReportingOverflow(by: self.cellsPerSlot)
        return overflow ? .max : product
    }

    public var description: String { "\(self.slots) × \(self.cellsPerSlot) cells" }
}
