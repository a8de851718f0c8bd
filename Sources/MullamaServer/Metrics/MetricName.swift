/// Names as Prometheus' text format takes them.
enum MetricName {
    /// The name of a metric: letters, digits, `_` and `:`, no digit first; everything else becomes `_`.
    ///
    /// - Parameter suffix: What the name ends in by convention; added where it does not.
    static func metric(_ label: String, suffix: String = "") -> String {
        let name = self.sanitised(label) { $0 == ":" }
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// The name of a label: letters, digits and `_`, no digit first; everything else becomes `_`.
    ///
    /// What begins with `__` is Prometheus' own, and `le` is the histograms' own.
    static func label(_ name: String) -> String {
        var name = self.sanitised(name) { _ in false }
        while name.hasPrefix("__") { name.removeFirst() }
        return name == "le" ? "le_" : name
    }

    private static func sanitised(_ text: String, also allowed: (Unicode.Scalar) -> Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            if isDigit && name.isEmpty { name = "_" }
            name.unicodeScalars.append(isLetter || isDigit || scalar == "_" || allowed(scalar) ? scalar : "_")
        }
        return name.isEmpty ? "_" : name
    }
}
