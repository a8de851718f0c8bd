import InferenceCore

/// The scores that a model gives to each token of its vocabulary.
struct Logits {
    private typealias Lanes = SIMD16<Float>

    private let values: UnsafeMutableBufferPointer<Float>

    init(_ values: UnsafeMutableBufferPointer<Float>) {
        self.values = values
    }

    var scores: UnsafeMutableBufferPointer<Float> { self.values }

    func score(_ token: Token) -> Float { self.values[Int(token.rawValue)] }

    static let notNumbers = RequestFault(.engineFailed, "the model computed logits that are not numbers: its file may be damaged")

    /// The token with the highest score, the first of equals.
    ///
    /// Vectors, since this is the whole cost of choosing a token greedily, between two steps in which everybody waits.
    func largest() throws(RequestFault) -> Token {
        let raw = UnsafeRawBufferPointer(self.values)
        let wide = self.values.count / Lanes.scalarCount
        var maximum = Lanes(repeating: -.infinity)
        // NaN if any logit is: one test after the loop finds it.
        var sum = Lanes.zero
        for index in 0..<wide {
            let lanes = raw.loadUnaligned(fromByteOffset: index * MemoryLayout<Lanes>.size, as: Lanes.self)
            maximum.replace(with: lanes, where: lanes .> maximum)
            sum += lanes
        }
        var largest = maximum.max()
        var total = sum.sum()
        for value in self.values[(wide * Lanes.scalarCount)...] {
            largest = max(largest, value)
            total += value
        }
        guard !total.isNaN, largest > -.infinity, let index = self.values.firstIndex(of: largest) else {
            throw Self.notNumbers
        }
        return Token(rawValue: Int32(index))
    }
}
