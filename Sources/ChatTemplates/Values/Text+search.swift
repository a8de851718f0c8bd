extension Text {
    /// Where each occurrence of a text starts that does not overlap the one before, from the front.
    ///
    /// Takes time in proportion to the length, whatever is searched for: by comparing at each place for a few bytes, else by Knuth, Morris
    /// and Pratt.
    func occurrences(of needle: Text, limit: Int = .max) -> [Int] {
        var found: [Int] = []
        guard limit > 0, !needle.isEmpty, needle.bytes.count <= self.bytes.count else { return found }
        if needle.bytes.count <= 16 {
            let first = needle.bytes[0]
            let last = self.bytes.count - needle.bytes.count
            self.bytes.withUnsafeBufferPointer { haystack in
                needle.bytes.withUnsafeBufferPointer { needle in
                    var place = 0
                    while place <= last {
                        guard haystack[place] == first else {
                            place += 1
                            continue
                        }
                        var length = 1
                        while length < needle.count, haystack[place + length] == needle[length] { length += 1 }
                        guard length == needle.count else {
                            place += 1
                            continue
                        }
                        found.append(place)
                        if found.count == limit { return }
                        place += length
                    }
                }
            }
            return found
        }
        let borders = Self.borders(needle.bytes)
        var matched = 0
        for (place, byte) in self.bytes.enumerated() {
            while matched > 0, needle.bytes[matched] != byte { matched = borders[matched - 1] }
            if needle.bytes[matched] == byte { matched += 1 }
            if matched == needle.bytes.count {
                found.append(place - matched + 1)
                if found.count == limit { return found }
                matched = 0
            }
        }
        return found
    }

    /// For each prefix of the needle the length of the longest proper prefix that is its suffix too.
    private static func borders(_ needle: [UInt8]) -> [Int] {
        var borders = Array(repeating: 0, count: needle.count)
        var length = 0
        for place in 1..<needle.count {
            while length > 0, needle[place] != needle[length] { length = borders[length - 1] }
            if needle[place] == needle[length] { length += 1 }
            borders[place] = length
        }
        return borders
    }

    /// As `occurrences`, from the back; in the order in which they are found.
    func occurrencesFromBack(of needle: Text, limit: Int = .max) -> [Int] {
        let mirrored = Text(Array(self.bytes.reversed())).occurrences(of: Text(Array(needle.bytes.reversed())), limit: limit)
        return mirrored.map { self.bytes.count - $0 - needle.bytes.count }
    }

    func contains(_ needle: Text) -> Bool {
        needle.isEmpty || !self.occurrences(of: needle, limit: 1).isEmpty
    }

    func hasPrefix(_ prefix: Text) -> Bool { self.bytes.starts(with: prefix.bytes) }

    func hasSuffix(_ suffix: Text) -> Bool {
        self.bytes.count >= suffix.bytes.count && self.bytes.suffix(suffix.bytes.count).elementsEqual(suffix.bytes)
    }

    /// Without the code points at its ends that satisfy a condition.
    func trimmed(front: Bool, back: Bool, where condition: (Unicode.Scalar) -> Bool) -> Text {
        var start = 0
        var end = self.bytes.count
        if self.isASCII {
            while front, start < end, condition(Unicode.Scalar(self.bytes[start])) { start += 1 }
            while back, end > start, condition(Unicode.Scalar(self.bytes[end - 1])) { end -= 1 }
        } else {
            let string = self.string
            let scalars = string.unicodeScalars
            var first = scalars.startIndex
            var last = scalars.endIndex
            while front, first < last, condition(scalars[first]) { first = scalars.index(after: first) }
            while back, last > first, condition(scalars[scalars.index(before: last)]) { last = scalars.index(before: last) }
            start = string.utf8.distance(from: string.startIndex, to: first)
            end = string.utf8.distance(from: string.startIndex, to: last)
        }
        return start == 0 && end == self.bytes.count ? self : Text(self.bytes[start..<end]).safe(self.isSafe)
    }

    func trimmed() -> Text { self.trimmed(front: true, back: true) { $0.isPythonSpace } }
}
