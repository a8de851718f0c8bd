/// The vectors of a text's tokens, on their way to becoming one.
///
/// Sums are made in the tokens' order and in double precision, so that they do not depend on how the text was cut.
struct PooledRows {
    private let pooling: EmbeddingPooling
    private var sum: [Double]
    private var count = 0

    init(_ pooling: EmbeddingPooling, width: Int) {
        self.pooling = pooling
        self.sum = [Double](repeating: 0, count: width)
    }

    /// Takes in the vector of the next token.
    mutating func add(_ row: UnsafeBufferPointer<Float>) {
        self.count += 1
        switch self.pooling {
        case .first where self.count > 1:
            break
        case .first, .last:
            for index in self.sum.indices { self.sum[index] = Double(row[index]) }
        case .mean:
            for index in self.sum.indices { self.sum[index] += Double(row[index]) }
        }
    }

    /// What stands for all of them.
    var vector: [Double] {
        self.pooling == .mean ? self.sum.map { $0 / Double(max(1, self.count)) } : self.sum
    }
}
