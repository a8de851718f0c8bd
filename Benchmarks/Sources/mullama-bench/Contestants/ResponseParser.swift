/// Takes an HTTP answer apart: the status, and the body out of its chunks.
struct ResponseParser {
    private enum Phase {
        case head
        case length(Int)
        case chunkSize
        case chunk(Int)
        case untilClose
        case complete
    }

    private(set) var status: Int?
    private var phase = Phase.head
    private var pending: [UInt8] = []

    var isComplete: Bool { if case .complete = self.phase { true } else { false } }

    /// Whether the end of the connection is the answer's regular end.
    var endsWithConnection: Bool { if case .untilClose = self.phase { true } else { false } }

    /// - Returns: What is of the body among the bytes.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        self.pending += bytes
        var body: [UInt8] = []
        while self.step(&body) {}
        return body
    }

    /// - Returns: Whether there may be more to do with what is there.
    private mutating func step(_ body: inout [UInt8]) -> Bool {
        switch self.phase {
        case .head:
            guard let end = self.pending.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
            self.readHead(String(decoding: self.pending[..<end.lowerBound], as: UTF8.self))
            self.pending.removeSubrange(..<end.upperBound)
        case .length(let rest):
            let count = min(rest, self.pending.count)
            body += self.pending.prefix(count)
            self.pending.removeFirst(count)
            self.phase = rest == count ? .complete : .length(rest - count)
            return false
        case .chunkSize:
            guard let end = self.pending.firstRange(of: Array("\r\n".utf8)) else { return false }
            let line = String(decoding: self.pending[..<end.lowerBound], as: UTF8.self)
            self.pending.removeSubrange(..<end.upperBound)
            let size = Int(line.prefix { $0.isHexDigit }, radix: 16) ?? 0
            self.phase = size == 0 ? .complete : .chunk(size)
        case .chunk(let size):
            // With the line end behind it.
            guard self.pending.count >= size + 2 else { return false }
            body += self.pending.prefix(size)
            self.pending.removeFirst(size + 2)
            self.phase = .chunkSize
        case .untilClose:
            body += self.pending
            self.pending = []
            return false
        case .complete:
            return false
        }
        return true
    }

    private mutating func readHead(_ head: String) {
        let lines = head.split(separator: "\r\n")
        self.status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
        self.phase = .untilClose
        for line in lines.dropFirst() {
            let lowered = line.lowercased()
            if lowered.hasPrefix("transfer-encoding:"), lowered.hasSuffix("chunked") { self.phase = .chunkSize }
            if lowered.hasPrefix("content-length:"), let length = Int(lowered.dropFirst(15).drop { $0 == " " }) {
                self.phase = length == 0 ? .complete : .length(length)
            }
        }
    }
}
