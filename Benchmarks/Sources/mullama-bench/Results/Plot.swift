/// Lines over two axes, to be drawn.
struct Plot: Codable, Sendable {
    struct Line: Codable, Sendable {
        var name: String
        var x: [Double]
        var y: [Double]
    }

    enum Style: String, Codable {
        case lines
        case points
    }

    enum Scale: String, Codable {
        case linear
        case logarithmic
    }

    /// Names its file.
    var name: String
    var title: String
    var xLabel: String
    var yLabel: String
    var xScale = Scale.linear
    var yScale = Scale.linear
    var style = Style.lines
    var lines: [Line]
    /// A level that something should not exceed, with its name.
    var mark: Mark?

    struct Mark: Codable, Sendable {
        var name: String
        var y: Double
    }
}
