/// Which series of which metric.
struct SeriesID: Sendable, Hashable {
    var name: String
    var labels: MetricLabels
}
