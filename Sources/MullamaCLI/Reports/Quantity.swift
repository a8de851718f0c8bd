import Foundation

/// Numbers as people read them.
enum Quantity {
    /// "135M", "1.7B": how the size of models is called.
    static func parameters(_ count: Int) -> String {
        for (unit, size) in [("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)] {
            let value = Double(count) / size
            // What would round to 1,000 of this unit is 1 of the next, which was tried before.
            guard value >= 0.9995 else { continue }
            return value < 9.95 ? "\(self.fixed(value, 1).replacing(".0", with: ""))\(unit)" : "\(Int(value.rounded()))\(unit)"
        }
        return "\(count)"
    }

    /// "49,152".
    static func grouped(_ number: Int) -> String {
        let digits = Array("\(number.magnitude)")
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }

    static func fixed(_ value: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }

    static func seconds(_ duration: Duration) -> String {
        "\(self.fixed(duration.inSeconds, 3)) s"
    }

    /// "4 s", "5 min", "3 h", "2 d".
    static func rough(_ duration: Duration) -> String {
        let seconds = Int(duration.inSeconds.rounded())
        for (unit, size) in [("d", 86_400), ("h", 3600), ("min", 60)] where seconds >= 2 * size { return "\(seconds / size) \(unit)" }
        return "\(seconds) s"
    }

    /// "2026-11-23", in universal time.
    static func day(_ date: Date) -> String {
        date.formatted(.iso8601.year().month().day())
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
