/// What one metric says at one moment: a value for each set of labels.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, Comparable {
        case counter
        case gauge
        case histogram

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    enum Value: Sendable, Hashable {
        case number(Double)
        case histogram(HistogramSnapshot)
    }

    struct Series: Sendable, Hashable {
        var labels: MetricLabels
        var value: Value
    }

    var name: String
    let kind: Kind
    /// What the metric means; taken from its description where it is nil.
    var help: String?
    var series: [Series]

    private init(name: String, kind: Kind, help: String?, series: [Series]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.series = series
    }

    /// Counts that only grow. The name ends in `_total`.
    package static func counter(_ name: String, help: String? = nil, _ values: [(labels: MetricLabels, value: Double)]) -> Self {
        Self(
            name: MetricName.metric(name, suffix: "_total"),
            kind: .counter,
            help: help,
            series: values.map { Series(labels: $0.labels, value: .number($0.value)) }
        )
    }

    /// Values that go up and down.
    package static func gauge(_ name: String, help: String? = nil, _ values: [(labels: MetricLabels, value: Double)]) -> Self {
        Self(
            name: MetricName.metric(name),
            kind: .gauge,
            help: help,
            series: values.map { Series(labels: $0.labels, value: .number($0.value)) }
        )
    }

    /// Distributions.
    package static func histogram(
        _ name: String,
        help: String? = nil,
        _ values: [(labels: MetricLabels, value: HistogramSnapshot)]
    ) -> Self {
        Self(
            name: MetricName.metric(name),
            kind: .histogram,
            help: help,
            series: values.map { Series(labels: $0.labels, value: .histogram($0.value)) }
        )
    }
}
