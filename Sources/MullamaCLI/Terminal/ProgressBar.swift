/// How far something is, as text.
struct ProgressBar: Equatable {
    private static let width = 24

    let label: String
    /// 0 to 100.
    let percent: Int

    init(label: String, fraction: Double) {
        self.label = label
        self.percent = fraction.isNaN ? 0 : Int((min(max(fraction, 0), 1) * 100).rounded(.down))
    }

    var text: String {
        let filled = self.percent * Self.width / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
        let number = String(repeating: " ", count: 3 - "\(self.percent)".count) + "\(self.percent)"
        return "\(self.label) [\(bar)] \(number) %"
    }
}
