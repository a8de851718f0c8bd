extension Text {
    /// The lines, as `str.splitlines` finds them.
    func lines(keepingEnds: Bool = false) -> [Text] {
        var lines: [Text] = []
        var start = 0
        var place = 0
        while place < self.bytes.count {
            let (scalar, length) = self.scalar(at: place)
            guard scalar.isLineBreak else {
                place += length
                continue
            }
            var end = place + length
            if scalar == "\r", end < self.bytes.count, self.bytes[end] == 0x0A { end += 1 }
            lines.append(Text(self.bytes[start..<(keepingEnds ? end : place)]))
            start = end
            place = end
        }
        if start < self.bytes.count { lines.append(Text(self.bytes[start...])) }
        return lines.map { $0.safe(self.isSafe) }
    }

    /// The code point that starts at a byte, and how many bytes it takes.
    func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
        let first = self.bytes[offset]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for byte in self.bytes[(offset + 1)..<min(offset + length, self.bytes.count)] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// The parts between occurrences of a separator.
    func split(by separator: Text, limit: Int, fromBack: Bool = false) -> [Text] {
        let places =
            fromBack ? self.occurrencesFromBack(of: separator, limit: limit).reversed() : self.occurrences(of: separator, limit: limit)
        var parts: [Text] = []
        var start = 0
        for place in places {
            parts.append(Text(self.bytes[start..<place]).safe(self.isSafe))
            start = place + separator.bytes.count
        }
        parts.append(Text(self.bytes[start...]).safe(self.isSafe))
        return parts
    }

    /// The words between white space.
    func words(limit: Int = .max, fromBack: Bool = false) -> [Text] {
        var words: [Text] = []
        var rest = self.trimmed(front: !fromBack, back: fromBack) { $0.isPythonSpace }.bytes[...]
        // Each word is cut off together with the white space beside it, so that the rest keeps its own other end.
        let whole = Text(rest)
        var spaces: [Range<Int>] = []
        var place = 0
        while place < whole.bytes.count {
            let (scalar, length) = whole.scalar(at: place)
            if scalar.isPythonSpace {
                if let last = spaces.last, last.upperBound == place {
                    spaces[spaces.count - 1] = last.lowerBound..<(place + length)
                } else {
                    spaces.append(place..<(place + length))
                }
            }
            place += length
        }
        guard !whole.isEmpty else { return [] }
        rest = whole.bytes[...]
        if fromBack {
            while words.count < limit, let space = spaces.popLast() {
                words.append(Text(rest[space.upperBound...]))
                rest = rest[..<space.lowerBound]
            }
            if !rest.isEmpty { words.append(Text(rest)) }
            words.reverse()
        } else {
            for space in spaces {
                guard words.count < limit else { break }
                words.append(Text(rest[..<space.lowerBound]))
                rest = rest[space.upperBound...]
            }
            if !rest.isEmpty { words.append(Text(rest)) }
        }
        return words.map { $0.safe(self.isSafe) }
    }

    /// The text escaped for HTML, marked as safe.
    var escaped: Text {
        if self.isSafe { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.bytes.count)
        for byte in self.bytes {
            switch byte {
            case UInt8(ascii: "&"): bytes.append("&amp;")
            case UInt8(ascii: "<"): bytes.append("&lt;")
            case UInt8(ascii: ">"): bytes.append("&gt;")
            case UInt8(ascii: "'"): bytes.append("&#39;")
            case UInt8(ascii: "\""): bytes.append("&#34;")
            default: bytes.append(byte)
            }
        }
        return Text(bytes).safe(true)
    }
}
