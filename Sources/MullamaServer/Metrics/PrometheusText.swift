/// Prometheus' text format, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// - Parameter families: In any order; they are merged and sorted.
    static func page(_ families: [MetricFamily]) -> String {
        var page = ""
        for family in MetricFamily.merged(families) { self.write(family, to: &page) }
        return page
    }

    private static func write(_ family: MetricFamily, to page: inout String) {
        if let help = family.help { page += "# HELP \(family.name) \(self.escaped(help))\n" }
        page += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for series in family.series {
            switch series.value {
            case .number(let value):
                page += self.line(family.name, series.labels.text, self.number(value))
            case .histogram(let histogram):
                self.write(histogram, family.name, series.labels.text, to: &page)
            }
        }
    }

    private static func write(_ histogram: HistogramSnapshot, _ name: String, _ labels: String, to page: inout String) {
        let prefix = labels.isEmpty ? "" : labels + ","
        for bucket in histogram.buckets {
            page += self.line("\(name)_bucket", "\(prefix)le=\"\(self.number(bucket.upperBound))\"", "\(bucket.count)")
        }
        page += self.line("\(name)_bucket", "\(prefix)le=\"+Inf\"", "\(histogram.count)")
        page += self.line("\(name)_sum", labels, self.number(histogram.sum))
        page += self.line("\(name)_count", labels, "\(histogram.count)")
    }

    private static func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// A number as Go reads it. Whole ones are written as such: the bound of a bucket is a label, and `le="1"` is another one than `le="1.0"`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    private static func escaped(_ help: String) -> String {
        var escaped = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
