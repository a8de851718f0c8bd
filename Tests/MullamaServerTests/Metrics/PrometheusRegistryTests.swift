import Metrics
import Testing

@testable import MullamaServer

@Suite("The Prometheus registry")
struct PrometheusRegistryTests {
    @Test("What swift-metrics' handles are told, on one page")
    func handles() {
        let registry = PrometheusRegistry(
            descriptions: [.counter("jobs_total", by: ["kind"], "Jobs."), .histogram("sizes", [10], "Sizes.")],
            bounds: ["step_seconds": [0.5, 1]]
        )
        Counter(label: "jobs", dimensions: [("kind", "a"), ("host", "h")], factory: registry).increment(by: 2)
        Counter(label: "jobs_total", dimensions: [("host", "h"), ("kind", "a")], factory: registry).increment()
        FloatingPointCounter(label: "work", factory: registry).increment(by: 1.5)
        Gauge(label: "temperature", factory: registry).record(-2.5)
        let meter = Meter(label: "running", factory: registry)
        meter.set(4)
        meter.increment(by: 2)
        meter.decrement()
        let recorder = Recorder(label: "sizes", factory: registry)
        recorder.record(10)
        recorder.record(11)
        let timer = Timer(label: "step", factory: registry)
        timer.recordMilliseconds(500)
        timer.recordNanoseconds(-1)
        timer.record(duration: .seconds(2))
        #expect(
            registry.page() == """
                # HELP jobs_total Jobs.
                # TYPE jobs_total counter
                jobs_total{host="h",kind="a"} 3
                # TYPE running gauge
                running 5
                # HELP sizes Sizes.
                # TYPE sizes histogram
                sizes_bucket{le="10"} 1
                sizes_bucket{le="+Inf"} 2
                sizes_sum 21
                sizes_count 2
                # TYPE step_seconds histogram
                step_seconds_bucket{le="0.5"} 2
                step_seconds_bucket{le="1"} 2
                step_seconds_bucket{le="+Inf"} 3
                step_seconds_sum 2.5
                step_seconds_count 3
                # TYPE temperature gauge
                temperature -2.5
                # TYPE work_total counter
                work_total 1.5

                """
        )
    }

    @Test("Counters only grow, and can be reset")
    func counters() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        for amount in [-Double.infinity, .nan, .infinity] {
            FloatingPointCounter(label: "c", factory: registry).increment(by: amount)
        }
        #expect(registry.page() == "# TYPE c_total counter\nc_total 5\n")
        counter.reset()
        #expect(registry.page() == "# TYPE c_total counter\nc_total 0\n")
    }

    @Test("Beyond the limit all labels are counted in one series")
    func overflow() {
        let registry = PrometheusRegistry(seriesLimit: 2)
        for client in ["a", "b", "c", "d", "a"] {
            Counter(label: "c", dimensions: [("client", client)], factory: registry).increment()
        }
        Counter(label: "other", dimensions: [("client", "c")], factory: registry).increment()
        #expect(
            registry.page() == """
                # TYPE c_total counter
                c_total{client="a"} 2
                c_total{client="b"} 1
                c_total{overflow="true"} 2
                # TYPE other_total counter
                other_total{client="c"} 1

                """
        )
    }

    @Test("A destroyed handle takes its series along and makes room; the one for the rest stays")
    func destroy() {
        let registry = PrometheusRegistry(seriesLimit: 1)
        let first = Timer(label: "t", dimensions: [("m", "1")], factory: registry)
        let rest = Timer(label: "t", dimensions: [("m", "2")], factory: registry)
        first.destroy()
        rest.destroy()
        let gauge = Gauge(label: "g", factory: registry)
        gauge.destroy()
        let counter = Counter(label: "c", factory: registry)
        counter.destroy()
        let third = Timer(label: "t", dimensions: [("m", "3")], factory: registry)
        // It is not the series that has taken the place of its own.
        let again = Counter(label: "c", factory: registry)
        again.increment()
        counter.destroy()
        #expect(!registry.page().contains(#"m="1""#))
        #expect(registry.page().contains(#"t_seconds_count{overflow="true"} 0"#))
        #expect(!registry.page().contains("g "))
        #expect(registry.page().contains("c_total 1"))
        third.destroy()
        #expect(!registry.page().contains(#"m="3""#))
    }

    @Test("Collectors are asked for each page; what the registry keeps itself goes before")
    func collectors() {
        let registry = PrometheusRegistry(descriptions: [.gauge("queue_length", by: ["model"], "Who waits.")])
        let asked = Counter(label: "asked", factory: registry)
        registry.collect {
            asked.increment()
            return [.gauge("queue_length", [(MetricLabels([("model", "m")]), 7)]), .counter("asked", [(.none, 100)])]
        }
        let page = """
            # TYPE asked_total counter
            asked_total 0
            # HELP queue_length Who waits.
            # TYPE queue_length gauge
            queue_length{model="m"} 7

            """
        #expect(registry.page() == page)
        #expect(registry.page() == page.replacing("asked_total 0", with: "asked_total 1"))
    }

    @Test("Nothing is lost and nothing torn when many count and somebody reads")
    func concurrency() async {
        let registry = PrometheusRegistry(seriesLimit: 8)
        let (tasks, rounds) = (8, 500)
        await withTaskGroup { group in
            for task in 0..<tasks {
                group.addTask {
                    var random = SystemRandomNumberGenerator()
                    for round in 0..<rounds {
                        let client = "\(random.next() % 16)"
                        Counter(label: "c", dimensions: [("client", client)], factory: registry).increment()
                        FloatingPointCounter(label: "f", factory: registry).increment(by: 0.5)
                        let meter = Meter(label: "m", factory: registry)
                        meter.increment()
                        Timer(label: "t", factory: registry).recordNanoseconds(1_000_000_000)
                        meter.decrement()
                        if round % 50 == task { Self.expectWhole(registry.page()) }
                    }
                }
            }
        }
        let page = registry.page()
        let counted = page.split(separator: "\n").filter { $0.hasPrefix("c_total{") }.compactMap { Int($0.split(separator: " ")[1]) }
        #expect(counted.count == 9)
        #expect(counted.reduce(0, +) == tasks * rounds)
        #expect(page.contains("f_total \(tasks * rounds / 2)\n"))
        #expect(page.contains("\nm 0\n"))
        #expect(page.contains("t_seconds_sum \(tasks * rounds)\n"))
    }

    /// All that a histogram says comes from one moment.
    private static func expectWhole(_ page: String) {
        func value(_ line: String) -> String? {
            page.split(separator: "\n").first { $0.hasPrefix(line + " ") }.map { String($0.dropFirst(line.count + 1)) }
        }
        let count = value("t_seconds_count")
        #expect(value("t_seconds_sum") == count)
        #expect(value(#"t_seconds_bucket{le="1"}"#) == count)
        #expect(value(#"t_seconds_bucket{le="+Inf"}"#) == count)
    }
}
