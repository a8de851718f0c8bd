import Foundation

/// Where values lie along one side of a plot, and which of them are written there.
struct PlotAxis {
    let ticks: [Double]
    private let scale: Plot.Scale
    private let (low, high): (Double, Double)
    private let (from, to): (Double, Double)

    /// - Parameters:
    ///   - from: Where the axis begins, in the drawing.
    ///   - ticks: What to write along it; nil chooses round numbers.
    ///   - reachesZero: Whether zero is shown whatever the values are.
    init(_ values: [Double], scale: Plot.Scale, from: Double, to: Double, ticks: [Double]?, reachesZero: Bool) {
        let finite = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
        let (smallest, largest) = (finite.min() ?? 1, finite.max() ?? 1)
        self.scale = scale
        (self.from, self.to) = (from, to)
        switch scale {
        case .linear:
            let bottom = reachesZero ? min(0, smallest) : smallest
            let step = Self.step(largest - bottom)
            let top = reachesZero ? (largest / step).rounded(.up) * step : largest
            (self.low, self.high) = (bottom, max(top, bottom + step))
            let whole = Int((bottom / step).rounded(.up))...Int((self.high / step).rounded(.down))
            self.ticks = ticks ?? whole.map { Double($0) * step }
        case .logarithmic:
            let round = (-9...9).flatMap { power in [1.0, 2, 5].map { $0 * pow(10, Double(power)) } }
            let below = ticks?.min() ?? round.last { $0 <= smallest } ?? smallest
            let above = ticks?.max() ?? round.first { $0 >= largest } ?? largest
            (self.low, self.high) = (below, max(above, below * 1.01))
            self.ticks = ticks ?? round.filter { $0 >= below && $0 <= above }
        }
    }

    func position(of value: Double) -> Double {
        let part =
            switch self.scale {
            case .linear: (value - self.low) / (self.high - self.low)
            case .logarithmic: (log(max(value, self.low)) - log(self.low)) / (log(self.high) - log(self.low))
            }
        return self.from + part * (self.to - self.from)
    }

    /// A round number of which some six make up the range.
    private static func step(_ range: Double) -> Double {
        let rough = max(range, 1e-9) / 6
        let power = pow(10, floor(log10(rough)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power
    }
}
