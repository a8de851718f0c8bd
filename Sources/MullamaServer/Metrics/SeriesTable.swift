/// The series of all metrics of one kind, so many at most for each metric: labels whose values come from outside must not fill the memory.
struct SeriesTable<Cell: AnyObject> {
    private let limit: Int
    private var metrics: [String: [MetricLabels: Cell]] = [:]

    /// - Parameter limit: Series of one metric, without the one that takes the rest.
    init(limit: Int) {
        self.limit = limit
    }

    /// The cell of a series, or, beyond the limit, the one for all the rest of its metric.
    mutating func cell(_ id: SeriesID, make: (SeriesID) -> Cell) -> Cell {
        if let cell = self.metrics[id.name]?[id.labels] { return cell }
        guard self.metrics[id.name, default: [:]].count < self.limit else { return self.overflow(of: id.name, make: make) }
        let cell = make(id)
        self.metrics[id.name, default: [:]][id.labels] = cell
        return cell
    }

    /// Forgets a series, if it is still this cell's. The one for the rest stays: others count in it.
    mutating func remove(_ cell: Cell, _ id: SeriesID) {
        guard id.labels != .overflow, self.metrics[id.name]?[id.labels] === cell else { return }
        self.metrics[id.name]?[id.labels] = nil
    }

    /// All series, by metric.
    var all: [(name: String, cells: [(labels: MetricLabels, cell: Cell)])] {
        self.metrics.map { name, cells in (name, cells.map { ($0.key, $0.value) }) }
    }

    private mutating func overflow(of name: String, make: (SeriesID) -> Cell) -> Cell {
        let id = SeriesID(name: name, labels: .overflow)
        if let cell = self.metrics[name]?[.overflow] { return cell }
        let cell = make(id)
        self.metrics[name, default: [:]][.overflow] = cell
        return cell
    }
}
