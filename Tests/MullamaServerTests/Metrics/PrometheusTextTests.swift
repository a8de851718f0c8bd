import Testing

@testable import MullamaServer

@Suite("Prometheus' text format")
struct PrometheusTextTests {
    @Test("A page, to the byte")
    func golden() {
        let page = PrometheusText.page([
            .histogram(
                "wait_seconds",
                help: "How long\nit took, in C:\\temp, \"quoted\".",
                [
                    (
                        MetricLabels([("model", "a")]),
                        HistogramSnapshot(
                            buckets: [
                                .init(upperBound: 1, count: 3), .init(upperBound: 0.25, count: 1), .init(upperBound: .infinity, count: 4),
                            ],
                            sum: 7.5,
                            count: 4
                        )
                    ),
                    (.none, HistogramSnapshot(buckets: [], sum: 0, count: 0)),
                ]
            ),
            .gauge("queue", help: "Who waits.", [(.none, 3)]),
            .counter(
                "requests",
                help: "All of them.",
                [
                    (MetricLabels([("route", "/v1/models"), ("method", "GET")]), 12),
                    (MetricLabels([("method", "GET"), ("route", "a\"b\\c\nd")]), 0.5),
                ]
            ),
            .gauge("no-help", [(.none, -.infinity)]),
        ])
        #expect(
            page == """
                # TYPE no_help gauge
                no_help -Inf
                # HELP queue Who waits.
                # TYPE queue gauge
                queue 3
                # HELP requests_total All of them.
                # TYPE requests_total counter
                requests_total{method="GET",route="/v1/models"} 12
                requests_total{method="GET",route="a\\"b\\\\c\\nd"} 0.5
                # HELP wait_seconds How long\\nit took, in C:\\\\temp, "quoted".
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="+Inf"} 0
                wait_seconds_sum 0
                wait_seconds_count 0
                wait_seconds_bucket{model="a",le="0.25"} 1
                wait_seconds_bucket{model="a",le="1"} 3
                wait_seconds_bucket{model="a",le="+Inf"} 4
                wait_seconds_sum{model="a"} 7.5
                wait_seconds_count{model="a"} 4

                """
        )
    }

    @Test(
        "Numbers",
        arguments: [
            (0.0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (0.005, "0.005"), (1e-7, "1e-07"), (9_007_199_254_740_991, "9007199254740991"),
            (1e21, "1e+21"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (0.1 + 0.2, "0.30000000000000004"),
        ]
    )
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test(
        "Names of metrics",
        arguments: [("http.server.duration", "http_server_duration"), ("a:b", "a:b"), ("9lives", "_9lives"), ("", "_"), ("größe", "gr__e")]
    )
    func metricNames(label: String, name: String) {
        #expect(MetricName.metric(label) == name)
    }

    @Test(
        "Names of labels",
        arguments: [("http.route", "http_route"), ("a:b", "a_b"), ("__name__", "_name__"), ("le", "le_"), ("1", "_1"), ("", "_")]
    )
    func labelNames(given: String, name: String) {
        #expect(MetricName.label(given) == name)
    }

    @Test("A suffix is added once")
    func suffixes() {
        #expect(MetricName.metric("x", suffix: "_total") == "x_total")
        #expect(MetricName.metric("x_total", suffix: "_total") == "x_total")
    }

    @Test("Labels are the same in any order, also where two names become one")
    func labelOrder() {
        #expect(MetricLabels([("b", "2"), ("a", "1")]) == MetricLabels([("a", "1"), ("b", "2")]))
        #expect(MetricLabels([("a.x", "1"), ("a-x", "2")]) == MetricLabels([("a-x", "2"), ("a.x", "1")]))
        #expect(MetricLabels([("a.x", "1"), ("a-x", "2")]).text == #"a_x="2;1""#)
        #expect(MetricLabels([("a", "1")]) != MetricLabels([("a", "2")]))
    }

    @Test("A metric stands on the page once, a set of labels once, and the first value counts")
    func merging() {
        let page = PrometheusText.page([
            .gauge("x", [(MetricLabels([("m", "b")]), 1), (MetricLabels([("m", "b")]), 2)]),
            .gauge("x", help: "Help.", [(MetricLabels([("m", "a")]), 3), (MetricLabels([("m", "b")]), 4)]),
            .gauge("nothing", help: "No series.", []),
        ])
        #expect(
            page == """
                # HELP x Help.
                # TYPE x gauge
                x{m="a"} 3
                x{m="b"} 1

                """
        )
    }

    @Test("Metrics of different kinds do not share a name, nor a line's name")
    func kinds() {
        let empty = HistogramSnapshot(buckets: [], sum: 0, count: 0)
        let families = MetricFamily.merged([
            .gauge("x", [(.none, 1)]), .histogram("x", [(.none, empty)]), .gauge("x_histogram_count", [(.none, 1)]),
            .counter("y", [(.none, 1)]), .gauge("y_total", [(.none, 1)]),
        ])
        #expect(families.map(\.name) == ["x", "x_histogram", "x_histogram_count_gauge", "y_total", "y_total_gauge"])
    }
}
