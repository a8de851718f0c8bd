import Foundation

/// A figure that was measured several times.
struct Measurement: Codable, CustomStringConvertible {
    var name: String
    var unit: String
    var values: [Double]
    /// What it has to be, where something was promised.
    var bar: String?

    var median: Double { Self.median(of: self.values) }

    static func median(of values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    var description: String {
        func text(_ value: Double) -> String { String(format: "%.3g", value) }
        let spread = "\(text(self.values.min() ?? .nan)) to \(text(self.values.max() ?? .nan))"
        let bar = self.bar.map { ", bar \($0)" } ?? ""
        return "\(self.name): \(text(self.median)) \(self.unit) (\(spread), \(self.values.count) runs\(bar))"
    }
}
