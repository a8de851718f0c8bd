public import InferenceCore

/// Requests and when they come.
public struct Trace: Sendable, Hashable {
    /// In the order in which they come.
    public private(set) var entries: [TraceEntry]

    public init(_ entries: [TraceEntry]) {
        // Requests that come at the same time stay in their order.
        self.entries = entries.enumerated().sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }.map(\.element)
    }

    /// Both, at the same time. Texts of one name are the same text in both; contexts of one number are one context.
    public static func + (lhs: Trace, rhs: Trace) -> Trace {
        Trace(lhs.entries + rhs.entries)
    }
}

extension TraceEntry {
    /// Tokens that stand for the prompt: two prompts share those of the pieces that they share.
    var tokens: [Token] {
        self.prompt.flatMap { piece in
            (0..<UInt64(piece.tokens)).map { index in
                Token(rawValue: Int32(SplitMix64.mix(SplitMix64.mix(piece.text) &+ index) >> 33))
            }
        }
    }
}
