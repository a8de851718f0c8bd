/// Finds the data of server-sent events in a body that comes in pieces.
struct EventParser {
    private var line: [UInt8] = []

    /// - Returns: The data of the events that are complete with these bytes.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                self.line.append(byte)
                continue
            }
            if self.line.starts(with: "data: ".utf8) { events.append(Array(self.line.dropFirst(6))) }
            self.line.removeAll(keepingCapacity: true)
        }
        return events
    }
}
