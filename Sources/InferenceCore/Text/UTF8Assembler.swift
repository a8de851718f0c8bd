/// Joins the bytes of tokens into text.
///
/// A token's piece is bytes, and a character may be spread over several tokens. Bytes that may still become a character are held back
/// until they do; bytes that cannot become one any more turn into U+FFFD, as Unicode's "maximal subpart" practice has it
/// (Unicode Standard, section 3.9).
public struct UTF8Assembler: Sendable {
    private var held: [UInt8] = []

    public init() {}

    /// The text that `bytes` complete.
    public mutating func append(_ bytes: some Sequence<UInt8>) -> String {
        self.held.append(contentsOf: bytes)
        let complete = self.held.count - Self.incompleteTail(of: self.held)
        guard complete > 0 else { return "" }
        let text = String(decoding: self.held[..<complete], as: UTF8.self)
        self.held.removeFirst(complete)
        return text
    }

    /// Bytes of a character that has not come to its end.
    public var heldBytes: Int { self.held.count }

    /// How many of the last bytes could be the start of a character that is still to be completed: 0 to 3.
    static func incompleteTail(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let start = bytes.count - length
            let lead = bytes[start]
            guard lead & 0b1100_0000 != 0b1000_0000 else { continue }
            let wanted = Self.length(ofLead: lead)
            guard wanted > length else { return 0 }
            if length > 1, !Self.isValidSecond(bytes[start + 1], after: lead) { return 0 }
            return length
        }
        return 0
    }

    private static func length(ofLead lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Table 3-7 of the Unicode Standard: some leads allow fewer second bytes than 80..BF.
    private static func isValidSecond(_ byte: UInt8, after lead: UInt8) -> Bool {
        switch lead {
        case 0xE0: (0xA0...0xBF).contains(byte)
        case 0xED: (0x80...0x9F).contains(byte)
        case 0xF0: (0x90...0xBF).contains(byte)
        case 0xF4: (0x80...0x8F).contains(byte)
        default: (0x80...0xBF).contains(byte)
        }
    }
}
