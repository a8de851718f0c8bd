/// When the parts of one answer came, in milliseconds since its load began.
struct Recording: Codable, Sendable {
    var start: Double
    var parts: [Double] = []
    var tokens = 0
    var text = ""

    /// Time to first token; nil if none came.
    var timeToFirst: Double? { self.parts.first.map { $0 - self.start } }

    /// The time between one part and the next.
    var gaps: [Double] { zip(self.parts.dropFirst(), self.parts).map { $0 - $1 } }
}
