/// A plot as SVG: light, with its own fonts and colours, since a page's style does not reach into images.
struct PlotDrawing {
    private static let (width, height) = (800.0, 440.0)
    private static let area = (left: 72.0, right: 776.0, top: 84.0, bottom: 384.0)

    private let plot: Plot
    private let x: PlotAxis
    private let y: PlotAxis

    init(_ plot: Plot) {
        self.plot = plot
        let area = Self.area
        // Counts are marked where they were measured.
        let counts = plot.xScale == .logarithmic ? plot.lines.first?.x : nil
        self.x = PlotAxis(plot.lines.flatMap(\.x), scale: plot.xScale, from: area.left, to: area.right, ticks: counts, reachesZero: false)
        self.y = PlotAxis(
            plot.lines.flatMap(\.y) + (plot.mark.map { [$0.y] } ?? []),
            scale: plot.yScale,
            from: area.bottom,
            to: area.top,
            ticks: nil,
            reachesZero: plot.yScale == .linear
        )
    }

    var svg: String {
        let (width, height) = (Int(Self.width), Int(Self.height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
            font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#333">
            <rect width="\(width)" height="\(height)" fill="#ffffff"/>
            \(self.text(self.plot.title, x: Self.area.left, y: 28, anchor: "start", extra: #" font-size="16" font-weight="bold""#))
            \(self.legend)
            \(self.grid)
            \(self.mark)
            \(self.plot.lines.indices.map(self.drawing).joined(separator: "\n"))
            \(self.text(self.plot.xLabel, x: (Self.area.left + Self.area.right) / 2, y: Self.height - 14, anchor: "middle"))
            \(self.verticalLabel)
            </svg>

            """
    }

    // MARK: Parts

    private var legend: String {
        var x = Self.area.left
        return self.plot.lines.indices.map { index in
            let name = self.plot.lines[index].name
            // Letters are some 7 wide at this size.
            defer { x += 38 + Double(name.count) * 7 }
            return #"<rect x="\#(x)" y="48" width="14" height="10" rx="2" fill="\#(self.colour(index))"/>"#
                + self.text(name, x: x + 20, y: 57, anchor: "start")
        }.joined(separator: "\n")
    }

    private var grid: String {
        let area = Self.area
        let rows = self.y.ticks.map { tick in
            let y = self.y.position(of: tick)
            return self.line(area.left, y, area.right, y, "#e4e4e4")
                + self.text(Spread.text(tick), x: area.left - 8, y: y + 4, anchor: "end")
        }
        let columns = self.x.ticks.map { tick in
            let x = self.x.position(of: tick)
            return self.line(x, area.bottom, x, area.bottom + 5, "#888888")
                + self.text(Spread.text(tick), x: x, y: area.bottom + 20, anchor: "middle")
        }
        return (rows + columns + [self.line(area.left, area.bottom, area.right, area.bottom, "#888888")]).joined(separator: "\n")
    }

    private var mark: String {
        guard let mark = self.plot.mark else { return "" }
        let y = self.y.position(of: mark.y)
        let dashes = #" stroke-dasharray="5 4""#
        return self.line(Self.area.left, y, Self.area.right, y, "#777777", extra: dashes)
            + self.text(mark.name, x: Self.area.left + 8, y: y - 6, anchor: "start", extra: ##" fill="#777777""##)
    }

    private var verticalLabel: String {
        let middle = (Self.area.top + Self.area.bottom) / 2
        return self.text(self.plot.yLabel, x: 0, y: 0, anchor: "middle", extra: #" transform="translate(20 \#(middle)) rotate(-90)""#)
    }

    private func drawing(_ index: Int) -> String {
        let line = self.plot.lines[index]
        let colour = self.colour(index)
        let points = zip(line.x, line.y).map { (self.x.position(of: $0), self.y.position(of: $1)) }
        let isLine = self.plot.style == .lines
        let dots = points.map { #"<circle cx="\#(Self.short($0.0))" cy="\#(Self.short($0.1))" r="\#(isLine ? 4 : 2.5)"/>"# }
        let dotted = #"<g fill="\#(colour)" fill-opacity="\#(isLine ? 1 : 0.6)">"# + dots.joined() + "</g>"
        guard isLine else { return dotted }
        let path = points.map { "\(Self.short($0.0)),\(Self.short($0.1))" }.joined(separator: " ")
        return #"<polyline fill="none" stroke="\#(colour)" stroke-width="2.5" stroke-linejoin="round" points="\#(path)"/>"# + dotted
    }

    // MARK: Shapes

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, extra: String = "") -> String {
        let ends = #"x1="\#(Self.short(x1))" y1="\#(Self.short(y1))" x2="\#(Self.short(x2))" y2="\#(Self.short(y2))""#
        return #"<line \#(ends) stroke="\#(colour)"\#(extra)/>"#
    }

    private func text(_ text: String, x: Double, y: Double, anchor: String, extra: String = "") -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return #"<text x="\#(Self.short(x))" y="\#(Self.short(y))" text-anchor="\#(anchor)"\#(extra)>\#(escaped)</text>"#
    }

    private static func short(_ value: Double) -> String { Spread.plain(value) }

    /// Of Okabe and Ito's palette, which most colour-blind people tell apart; a side has the same colour in every plot.
    private func colour(_ index: Int) -> String {
        let name = self.plot.lines[index].name
        if name.hasPrefix(Side.tunedServer.name) { return "#e69f00" }
        if name.hasPrefix(Side.server.name) { return "#d55e00" }
        if name.hasPrefix(Side.oursUnlimited.name) { return "#56b4e9" }
        return index > 0 && self.plot.lines[index - 1].name.hasPrefix(Side.ours.name) ? "#009e73" : "#0072b2"
    }
}
