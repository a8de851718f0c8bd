/// Lines that wait to be written, as a value: so many bytes of them, and no more.
struct LineQueue {
    let limit: Int
    private var lines: [String] = []
    private var bytes = 0
    /// Lines that there was no room for since the last ``take()``.
    private var lost = 0
    /// How the lines look, for one about those that were lost.
    private var format = LogFormat.text

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { self.lines.isEmpty && self.lost == 0 }

    /// - Returns: Whether somebody has to be told that there is something now.
    mutating func append(_ line: String, _ format: LogFormat) -> Bool {
        defer { self.format = format }
        let wasEmpty = self.isEmpty
        // What comes after a line that is lost waits until that is told.
        guard self.lost == 0, self.bytes + line.utf8.count <= self.limit else {
            self.lost += 1
            return wasEmpty
        }
        self.lines.append(line)
        self.bytes += line.utf8.count
        return wasEmpty
    }

    /// All lines, and how many were lost after them.
    mutating func take() -> (lines: [String], lost: Int, format: LogFormat) {
        defer { (self.lines, self.bytes, self.lost) = ([], 0, 0) }
        return (self.lines, self.lost, self.format)
    }
}
