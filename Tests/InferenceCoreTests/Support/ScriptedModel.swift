import InferenceCore

/// Says which token follows.
struct ScriptedModel {
    /// The pieces of a request's answer; after the last one comes the end of generation.
    var answers: [RequestID: [[UInt8]]] = [:]
    /// For requests without an answer: whether the token follows from all cells before it, or is always "x".
    var followsCells = false

    /// - Parameters:
    ///   - index: How many tokens the request has generated before.
    ///   - value: Of the cell whose logits are looked at.
    func sample(for request: RequestID, index: Int, value: UInt64) -> StepOutcome.Sample {
        if let answer = self.answers[request] {
            guard index < answer.count else { return Self.end(request) }
            return .init(request: request, token: Token(rawValue: Int32(10_000 + index)), piece: answer[index])
        }
        guard self.followsCells else { return .init(request: request, token: 10_000, piece: Array("x".utf8)) }
        let choice = Int(value >> 8 & 0xFF)
        guard choice > 4 else { return Self.end(request) }
        let piece = Self.pieces[choice % Self.pieces.count]
        return .init(request: request, token: Token(rawValue: Int32(20_000 + choice)), piece: piece)
    }

    private static func end(_ request: RequestID) -> StepOutcome.Sample {
        .init(request: request, token: 2, piece: [], isEndOfGeneration: true)
    }

    /// Letters, characters cut in the middle, and the makings of stop strings.
    private static let pieces: [[UInt8]] = [
        [0x61], [0x62], [0x61, 0x62], [0xC3], [0xA9], [0xC3, 0xA9], [0xF0, 0x9F], [0x98, 0x80], [0x20], [0x63, 0x20, 0x61], [0x65],
    ]
}
