/// The labels of a series. Two of them are the same whatever the order in which they were given.
package struct MetricLabels: Sendable, Hashable, Comparable {
    /// As the text format writes them between the braces: sorted by name, values escaped.
    let text: String

    /// - Parameter dimensions: Names and values. Names are made ones that Prometheus takes; where two become the same, both values stand in it.
    package init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        // Sorted, so that the values of names that become one do not depend on the order either.
        for (name, value) in dimensions.sorted(by: <) {
            let name = MetricName.label(name)
            values[name] = values[name].map { "\($0);\(value)" } ?? value
        }
        self.text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    }

    /// No labels.
    package static let none = MetricLabels([])

    /// What is left of the labels beyond the number of series that a metric may have.
    static let overflow = MetricLabels([("overflow", "true")])

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.text < rhs.text }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
