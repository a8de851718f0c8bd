/// A linear function of three features, fitted to what was measured lately.
///
/// Least squares over exponentially fading measurements. A weak pull towards nought decides what they leave open: as long as only chunks of
/// one size were seen, it says which part of their time grows with the size.
struct RunningFit: Sendable {
    /// Each measurement counts that much less after the next: the last 30 or so decide.
    private static let fading = 0.97
    /// One disturbed step must not be believed, a slower machine must: it is believed within a few steps.
    private static let largestSurprise = 3.0

    private let pull: SIMD3<Double>
    /// The sums of products of the features, by rows, and of features and results.
    private var squares = [SIMD3<Double>](repeating: .zero, count: 3)
    private var products = SIMD3<Double>.zero
    private var count = 0

    /// Nil before the first measurement.
    private(set) var coefficients: SIMD3<Double>?

    /// - Parameter pull: How strongly each coefficient is pulled towards nought; the feature with the weakest pull explains the most.
    init(pull: SIMD3<Double>) {
        self.pull = pull
    }

    mutating func learn(_ features: SIMD3<Double>, _ measured: Double) {
        guard measured > 0 else { return }
        let expected = self.count < 3 ? nil : self.predict(features)
        let result = expected.map { min(measured, $0 * Self.largestSurprise) } ?? measured
        for index in 0..<3 { self.squares[index] = self.squares[index] * Self.fading + features[index] * features }
        self.products = self.products * Self.fading + result * features
        self.count += 1
        self.coefficients = self.solved()
    }

    func predict(_ features: SIMD3<Double>) -> Double? {
        self.coefficients.map { ($0 * features).sum() }
    }

    /// By Cramer's rule. Nothing gets quicker by being larger, so no coefficient is below nought.
    private func solved() -> SIMD3<Double> {
        var (a, b, c) = (self.squares[0], self.squares[1], self.squares[2])
        a.x += self.pull.x
        b.y += self.pull.y
        c.z += self.pull.z
        let determinant = Self.dot(a, Self.cross(b, c))
        guard determinant > 0 else { return self.coefficients ?? .zero }
        let right = self.products
        let solution = SIMD3(
            Self.dot(right, Self.cross(b, c)),
            Self.dot(a, Self.cross(right, c)),
            Self.dot(a, Self.cross(b, right))
        )
        return (solution / determinant).replacing(with: 0, where: solution .< 0)
    }

    private static func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

    private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }
}
