/// Rows of text in columns.
struct TextTable {
    enum Alignment {
        case left, right
    }

    var header: [String] = []
    var rows: [[String]]
    /// By column; left for those beyond its end.
    var alignments: [Alignment] = []

    /// Two spaces between columns, none at the ends of lines.
    var lines: [String] {
        let all = (self.header.isEmpty ? [] : [self.header]) + self.rows.map { $0.map(TerminalFilter.oneLine) }
        let widths = (0..<(all.map(\.count).max() ?? 0)).map { column in
            all.compactMap { $0.indices.contains(column) ? $0[column].count : nil }.max() ?? 0
        }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                let alignment = self.alignments.indices.contains(column) ? self.alignments[column] : .left
                return alignment == .right ? space + cell : cell + space
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The lines, each with its newline.
    var text: String { self.lines.map { $0 + "\n" }.joined() }
}
