/// What came of requests that were made together.
struct LoadRecord: Codable, Sendable {
    var side: Side
    var streams: [Recording]

    var tokens: Int { self.streams.reduce(0) { $0 + $1.tokens } }

    /// Milliseconds from the first request to the last token.
    var wall: Double { (self.streams.compactMap(\.parts.last).max() ?? 0) - (self.streams.map(\.start).min() ?? 0) }

    var tokensPerSecond: Double { Double(self.tokens) / self.wall * 1000 }

    var medianTimeToFirst: Double { Spread(self.streams.compactMap(\.timeToFirst)).median }

    private var gaps: [Double] { self.streams.flatMap(\.gaps) }

    var medianGap: Double { Spread(self.gaps).median }

    var longestGap: Double { self.gaps.max() ?? 0 }

    /// The longest gap that ends in a time, those that stand still at its end included.
    func longestGap(from start: Double, to end: Double) -> Double {
        self.streams.map { stream in
            let parts = stream.parts.filter { $0 <= end } + [end]
            return zip(parts.dropFirst(), parts).filter { $0.0 >= start }.map { $0.0 - $0.1 }.max() ?? 0
        }.max() ?? 0
    }
}
