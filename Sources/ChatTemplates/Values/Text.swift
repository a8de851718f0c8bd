/// A string of the template: UTF-8, compared, hashed and searched byte by byte, indexed by code point as Python does.
///
/// Not a Swift `String`, for which a precomposed and a decomposed “é” are equal, and which has no index by code point.
struct Text: Sendable {
    let bytes: [UInt8]
    let isASCII: Bool
    /// What Jinja calls `Markup`: made by `safe` or `escape`; what is joined to it with `+` or `%` is escaped for HTML.
    var isSafe = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.isASCII = Self.isASCII(bytes)
    }

    init(_ bytes: ArraySlice<UInt8>) {
        self.init(Array(bytes))
    }

    init(_ string: String) {
        self.init(Array(string.utf8))
    }

    init(scalars: some Sequence<Unicode.Scalar>) {
        var bytes: [UInt8] = []
        for scalar in scalars { bytes.append(scalar) }
        self.init(bytes)
    }

    static let empty = Text([UInt8]())

    private static func isASCII(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var all: UInt8 = 0
            for byte in buffer { all |= byte }
            return all < 0x80
        }
    }

    var string: String { String(decoding: self.bytes, as: UTF8.self) }
    var isEmpty: Bool { self.bytes.isEmpty }
    /// The number of code points.
    var count: Int {
        self.isASCII ? self.bytes.count : self.bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
    var scalars: String.UnicodeScalarView { self.string.unicodeScalars }

    /// The same text, marked as safe or not.
    func safe(_ isSafe: Bool) -> Text {
        var copy = self
        copy.isSafe = isSafe
        return copy
    }

    /// The offsets in `bytes` at which code points start, and the end.
    var offsets: [Int] {
        if self.isASCII { return Array(0...self.bytes.count) }
        var offsets: [Int] = []
        for (offset, byte) in self.bytes.enumerated() where byte & 0xC0 != 0x80 { offsets.append(offset) }
        offsets.append(self.bytes.count)
        return offsets
    }

    /// The byte at which a code point starts; the end where there are fewer.
    func offset(of index: Int) -> Int {
        if self.isASCII { return min(index, self.bytes.count) }
        var seen = -1
        for (offset, byte) in self.bytes.enumerated() where byte & 0xC0 != 0x80 {
            seen += 1
            if seen == index { return offset }
        }
        return self.bytes.count
    }

    /// How many code points there are before a byte.
    func index(of offset: Int) -> Int {
        self.isASCII ? offset : self.bytes[..<offset].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// Each code point as a text of its own.
    var characters: [Text] {
        let offsets = self.offsets
        return (0..<(offsets.count - 1)).map { Text(self.bytes[offsets[$0]..<offsets[$0 + 1]]).safe(self.isSafe) }
    }
}

extension Text: Hashable {
    static func == (left: Text, right: Text) -> Bool { left.bytes == right.bytes }
    func hash(into hasher: inout Hasher) { hasher.combine(self.bytes) }
}

extension Text: Comparable {
    /// UTF-8 sorts as the code points do.
    static func < (left: Text, right: Text) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension Text: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(value) }
}

extension [UInt8] {
    mutating func append(_ scalar: Unicode.Scalar) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { self.append(byte) }
    }

    mutating func append(_ string: String) {
        self.append(contentsOf: string.utf8)
    }
}
