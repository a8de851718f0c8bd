import Metrics

/// What a metric means: its line in the documentation, its help on the page, and the way to its handles.
package struct MetricDescription: Sendable, Hashable {
    /// As it is exported, `_total` of counters and the unit with it.
    package let name: String
    package let kind: MetricFamily.Kind
    /// Names of labels, in the order in which ``counter(_:in:)`` and the like take their values.
    package let labels: [String]
    package let help: String
    /// Of a histogram.
    package let bounds: HistogramBounds?

    package static func counter(_ name: String, by labels: [String] = [], _ help: String) -> Self {
        Self(name: name, kind: .counter, labels: labels, help: help, bounds: nil)
    }

    package static func gauge(_ name: String, by labels: [String] = [], _ help: String) -> Self {
        Self(name: name, kind: .gauge, labels: labels, help: help, bounds: nil)
    }

    package static func histogram(_ name: String, by labels: [String] = [], _ bounds: HistogramBounds, _ help: String) -> Self {
        Self(name: name, kind: .histogram, labels: labels, help: help, bounds: bounds)
    }

    func counter(_ values: String..., in factory: any MetricsFactory) -> Counter {
        Counter(label: self.name, dimensions: self.dimensions(values), factory: factory)
    }

    func meter(_ values: String..., in factory: any MetricsFactory) -> Meter {
        Meter(label: self.name, dimensions: self.dimensions(values), factory: factory)
    }

    func timer(_ values: String..., in factory: any MetricsFactory) -> Timer {
        Timer(label: self.name, dimensions: self.dimensions(values), factory: factory)
    }

    /// Values that somebody else keeps.
    func family(_ values: [(labels: [String], value: Double)]) -> MetricFamily {
        let series = values.map { (MetricLabels(self.dimensions($0.labels)), $0.value) }
        return self.kind == .counter ? .counter(self.name, series) : .gauge(self.name, series)
    }

    private func dimensions(_ values: [String]) -> [(String, String)] {
        assert(values.count == self.labels.count, "\(self.name) has the labels \(self.labels), not \(values.count) of them")
        return Array(zip(self.labels, values))
    }
}
