package import Metrics
import Synchronization

extension PrometheusRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.counter(label, dimensions)
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        self.counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return self.gauge(label, dimensions) }
        return self.histogram(MetricName.metric(label), dimensions, else: .magnitude)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.histogram(MetricName.metric(label, suffix: "_seconds"), dimensions, else: .latency)
    }

    package func destroyCounter(_ handler: any CounterHandler) {
        self.destroy(counter: handler)
    }

    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        self.destroy(counter: handler)
    }

    package func destroyMeter(_ handler: any MeterHandler) {
        self.destroy(gauge: handler)
    }

    package func destroyRecorder(_ handler: any RecorderHandler) {
        self.destroy(gauge: handler)
        self.destroy(histogram: handler)
    }

    package func destroyTimer(_ handler: any TimerHandler) {
        self.destroy(histogram: handler)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterCell {
        let id = SeriesID(name: MetricName.metric(label, suffix: "_total"), labels: MetricLabels(dimensions))
        return self.state.withLock { $0.counters.cell(id, make: CounterCell.init) }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell {
        let id = SeriesID(name: MetricName.metric(label), labels: MetricLabels(dimensions))
        return self.state.withLock { $0.gauges.cell(id, make: GaugeCell.init) }
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)], else bounds: HistogramBounds) -> HistogramCell {
        let id = SeriesID(name: name, labels: MetricLabels(dimensions))
        let bounds = self.bounds(of: name, else: bounds)
        return self.state.withLock { $0.histograms.cell(id) { HistogramCell($0, bounds: bounds) } }
    }

    private func destroy(counter handler: AnyObject) {
        guard let cell = handler as? CounterCell else { return }
        self.state.withLock { $0.counters.remove(cell, cell.id) }
    }

    private func destroy(gauge handler: AnyObject) {
        guard let cell = handler as? GaugeCell else { return }
        self.state.withLock { $0.gauges.remove(cell, cell.id) }
    }

    private func destroy(histogram handler: AnyObject) {
        guard let cell = handler as? HistogramCell else { return }
        self.state.withLock { $0.histograms.remove(cell, cell.id) }
    }
}
