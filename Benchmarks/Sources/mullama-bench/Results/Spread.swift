import Foundation

/// Several values of one figure: their median, the smallest and the largest.
struct Spread: CustomStringConvertible {
    /// From the smallest to the largest.
    let values: [Double]

    init(_ values: [Double]) {
        self.values = values.sorted()
    }

    var median: Double {
        guard !self.values.isEmpty else { return .nan }
        let middle = self.values.count / 2
        return self.values.count.isMultiple(of: 2) ? (self.values[middle - 1] + self.values[middle]) / 2 : self.values[middle]
    }

    var largest: Double { self.values.last ?? .nan }

    func percentile(_ percentile: Int) -> Double {
        self.values.isEmpty ? .nan : self.values[min(self.values.count - 1, self.values.count * percentile / 100)]
    }

    var description: String {
        guard let smallest = self.values.first, let largest = self.values.last else { return "–" }
        guard self.values.count > 1 else { return Self.text(smallest) }
        return "\(Self.text(self.median)) (\(Self.text(smallest)) to \(Self.text(largest)))"
    }

    /// Three digits that count, and never an exponent.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        guard value != 0 else { return "0" }
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        let text = String(format: "%.\(digits)f", value)
        guard digits > 0 else { return Self.grouped(text) }
        return text.replacing(/\.?0+$/, with: "")
    }

    /// One digit behind the point at most.
    static func plain(_ value: Double) -> String { String(format: "%.1f", value).replacing(/\.0$/, with: "") }

    private static func grouped(_ whole: String) -> String {
        guard whole.count > 3, let value = Int(whole) else { return whole }
        return "\(value / 1000),\(String(format: "%03d", abs(value) % 1000))"
    }
}
