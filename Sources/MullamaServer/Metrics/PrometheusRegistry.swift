import Synchronization

/// Keeps what swift-metrics is told, and shows it as Prometheus reads it.
///
/// It is a factory for swift-metrics; making it the process's own (`MetricsSystem.bootstrap`) is left to who starts the process.
package final class PrometheusRegistry: Sendable {
    /// Asked when the page is read, for values that somebody else keeps. It must not wait for anything.
    package typealias Collector = @Sendable () -> [MetricFamily]

    /// The media type of ``page()``.
    package static let contentType = PrometheusText.contentType

    struct State {
        var counters: SeriesTable<CounterCell>
        var gauges: SeriesTable<GaugeCell>
        var histograms: SeriesTable<HistogramCell>
        var collectors: [Collector] = []
    }

    let state: Mutex<State>
    private let descriptions: [String: MetricDescription]
    private let bounds: [String: HistogramBounds]

    /// - Parameters:
    ///   - descriptions: Help and bounds, by exported name. Metrics without one are shown, too.
    ///   - bounds: Buckets of histograms, by exported name, instead of those of the descriptions. A timer's name ends in `_seconds`.
    ///   - seriesLimit: Sets of labels of one metric. What comes beyond is counted in one series, `overflow="true"`; of a gauge that is set,
    ///     it shows the last of their values.
    package init(
        descriptions: [MetricDescription] = [],
        bounds: [String: HistogramBounds] = [:],
        seriesLimit: Int = 1000
    ) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
        self.bounds = bounds
        self.state = Mutex(
            State(
                counters: SeriesTable(limit: seriesLimit),
                gauges: SeriesTable(limit: seriesLimit),
                histograms: SeriesTable(limit: seriesLimit)
            )
        )
    }

    /// Adds values that are asked for whenever the page is read. Where they name a series that is also kept here, the one that is kept counts.
    package func collect(_ collector: @escaping Collector) {
        self.state.withLock { $0.collectors.append(collector) }
    }

    /// All metrics in Prometheus' text format, sorted by name and labels.
    package func page() -> String {
        PrometheusText.page(self.families())
    }

    /// The buckets of a histogram.
    func bounds(of name: String, else fallback: HistogramBounds) -> HistogramBounds {
        self.bounds[name] ?? self.descriptions[name]?.bounds ?? fallback
    }

    private func families() -> [MetricFamily] {
        // Neither cells nor collectors are read under the registry's lock: who makes a handle waits for no page.
        let (counters, gauges, histograms, collectors) = self.state.withLock {
            ($0.counters, $0.gauges, $0.histograms, $0.collectors)
        }
        var families = counters.all.map { name, cells in MetricFamily.counter(name, cells.map { ($0.labels, $0.cell.value) }) }
        families += gauges.all.map { name, cells in MetricFamily.gauge(name, cells.map { ($0.labels, $0.cell.value) }) }
        families += histograms.all.map { name, cells in MetricFamily.histogram(name, cells.map { ($0.labels, $0.cell.snapshot) }) }
        for collector in collectors { families += collector() }
        return families.map { family in
            var family = family
            family.help = family.help ?? self.descriptions[family.name]?.help
            return family
        }
    }
}
