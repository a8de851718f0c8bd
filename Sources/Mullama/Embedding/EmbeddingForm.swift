import InferenceCore

/// What becomes of the numbers that a model has for a text.
struct EmbeddingForm: Sendable, Hashable {
    var dimensions: Int?
    var normalize: Bool

    /// - Throws: If they are no numbers.
    func vector(_ raw: [Double]) throws(RequestFault) -> [Float] {
        let values = raw.prefix(self.dimensions ?? raw.count)
        guard values.allSatisfy(\.isFinite) else {
            throw RequestFault(.engineFailed, "the model computed an embedding that is not a number: its file may be damaged")
        }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Nought has no direction.
        return self.normalize && length > 0 ? values.map { Float($0 / length) } : values.map { Float($0) }
    }
}
