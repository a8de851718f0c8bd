/// Vectors as JSON. A value for each of millions of numbers would take ten times the memory of their text.
enum VectorText {
    /// About how many bytes a number takes.
    static let bytesPerNumber = 14

    /// `[0.25, -1.5]`: each number with the fewest digits that give the same 32 bits again, 9 at most.
    ///
    /// - Parameter vector: Of finite numbers.
    static func json(_ vector: [Float]) -> String {
        var text = "["
        text.reserveCapacity(vector.count * Self.bytesPerNumber)
        for (index, number) in vector.enumerated() {
            if index > 0 { text += ", " }
            text += number.description
        }
        return text + "]"
    }
}
