/// Finds the first of several stop strings to be complete in a text that comes in pieces, also across their borders.
///
/// Text is held back only while it could still be the start of a stop string; the stop string itself never comes out.
public struct StopMatcher: Sendable {
    public struct Result: Sendable, Equatable {
        /// Text that is safe to show.
        public var text: String
        /// Whether a stop string was found. Nothing may be appended after that.
        public var isStopped: Bool
    }

    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    /// - Parameter stops: The strings to look for; empty ones are ignored.
    public init(_ stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    public mutating func append(_ text: String) -> Result {
        guard !self.stops.isEmpty else { return Result(text: text, isStopped: false) }
        self.held.append(contentsOf: text.utf8)
        if let match = self.firstMatch() {
            let text = String(decoding: self.held[..<match], as: UTF8.self)
            self.held = []
            return Result(text: text, isStopped: true)
        }
        let safe = self.held.count - self.longestPossibleStart()
        let text = String(decoding: self.held[..<safe], as: UTF8.self)
        self.held.removeFirst(safe)
        return Result(text: text, isStopped: false)
    }

    /// The text held back, for when the generation ends and no stop string can come any more.
    public mutating func finish() -> String {
        defer { self.held = [] }
        return String(decoding: self.held, as: UTF8.self)
    }

    /// Where the match begins that is complete first, the longest if several end there. So the pieces' borders make no difference.
    private func firstMatch() -> Int? {
        for end in self.held.indices {
            let matches = self.stops.filter { self.held[...end].suffix($0.count).elementsEqual($0) }
            if let length = matches.map(\.count).max() { return end + 1 - length }
        }
        return nil
    }

    /// The length of the longest end of the held text with which a stop string begins.
    private func longestPossibleStart() -> Int {
        let longestStop = self.stops.reduce(0) { max($0, $1.count) }
        let first = max(0, self.held.count - longestStop + 1)
        let start = (first..<self.held.count).first { start in
            self.stops.contains { $0.starts(with: self.held[start...]) }
        }
        return start.map { self.held.count - $0 } ?? 0
    }
}
