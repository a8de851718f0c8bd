import Foundation

/// Reads a file from front to back in pieces, and refuses every read that would lead past its end.
struct GGUFReader: ~Copyable {
    /// Strings longer than this are taken for damage; the longest real ones, tokenizers as JSON, have about 20 MB.
    static let maximumStringLength = 64 << 20
    /// What the texts and small arrays of one header may take in memory: more than any real header and less than a machine's memory.
    static let maximumKeptBytes = 256 << 20
    private static let pieceSize = 256 << 10

    private let file: ReadableFile
    private var piece: [UInt8]
    private var pieceStart = 0
    private var pieceCount = 0
    private var keptBytes = 0
    /// The place of the next read, in bytes from the start of the file.
    private(set) var offset = 0

    init(_ url: URL) throws(ModelStoreError) {
        file = try ReadableFile(url)
        piece = [UInt8](repeating: 0, count: min(Self.pieceSize, max(file.size, 8)))
    }

    var path: String { file.path }
    var fileSize: Int { file.size }
    var remaining: Int { file.size - offset }

    /// Reads a little-endian integer.
    mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ what: @autoclosure () -> String) throws(ModelStoreError) -> T {
        let size = MemoryLayout<T>.size
        guard size <= remaining else { throw truncated(offset + size, what()) }
        let start = offset - pieceStart
        if start < 0 || start + size > pieceCount {
            try refill(size, what())
        }
        let value = piece.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset - pieceStart, as: type) }
        offset += size
        return T(littleEndian: value)
    }

    /// Reads a string's length and checks that the string can be there.
    mutating func stringLength(_ what: @autoclosure () -> String) throws(ModelStoreError) -> Int {
        let start = offset
        let length = try integer(UInt64.self, what())
        guard length <= Self.maximumStringLength else {
            throw invalid(
                "\(what()) claims a length of \(length) bytes, and \(Self.maximumStringLength) are the most that is taken",
                at: start
            )
        }
        guard length <= remaining else { throw truncated(offset + Int(length), what()) }
        return Int(length)
    }

    /// Reads a string's bytes.
    mutating func string(_ what: @autoclosure () -> String) throws(ModelStoreError) -> [UInt8] {
        let length = try stringLength(what())
        try keep(length)
        let start = offset - pieceStart
        if start >= 0, start + length <= pieceCount {
            offset += length
            return Array(piece[start..<start + length])
        }
        let bytes = try bytes(in: offset..<offset + length, what())
        offset += length
        return bytes
    }

    /// Passes over `count` bytes.
    mutating func skip(_ count: Int, _ what: @autoclosure () -> String) throws(ModelStoreError) {
        guard count <= remaining else {
            let (end, overflow) = offset.addingReportingOverflow(count)
            throw truncated(overflow ? .max : end, what())
        }
        offset += count
    }

    /// Passes over `count` strings. Vocabularies have hundreds of thousands, so that those in the piece at hand are taken in one go.
    mutating func skipStrings(_ count: Int, _ what: @autoclosure () -> String) throws(ModelStoreError) {
        var left = count
        while left > 0 {
            let start = offset - pieceStart
            var place = max(start, 0)
            if start >= 0 {
                piece.withUnsafeBytes { bytes in
                    while left > 0, pieceCount - place >= 8 {
                        let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                        guard length <= pieceCount - place - 8 else { break }
                        place += 8 + Int(length)
                        left -= 1
                    }
                }
                offset = pieceStart + place
            }
            // The next one reaches beyond the piece, or beyond what is allowed: the checked way tells.
            if left > 0 {
                try skip(stringLength(what()), what())
                left -= 1
            }
        }
    }

    /// The bytes of a range that was passed over.
    func bytes(in range: Range<Int>, _ what: @autoclosure () -> String) throws(ModelStoreError) -> [UInt8] {
        let bytes = try file.bytes(in: range)
        guard bytes.count == range.count else { throw truncated(range.upperBound, what()) }
        return bytes
    }

    /// Counts bytes that are going to be kept in memory.
    mutating func keep(_ count: Int) throws(ModelStoreError) {
        keptBytes += count
        guard keptBytes <= Self.maximumKeptBytes else {
            throw invalid("its metadata takes more than \(Self.maximumKeptBytes) bytes", at: offset)
        }
    }

    /// The error for a file that contradicts itself at a place.
    func invalid(_ reason: String, at place: Int) -> ModelStoreError {
        ModelStoreError(
            .invalidModelFile,
            "\(path) is damaged: at byte \(place), \(reason); copy or download the file again"
        )
    }

    /// The error for a file that is sound but of a kind that cannot be used.
    func unsupported(_ reason: String) -> ModelStoreError {
        ModelStoreError(.unsupportedModel, "\(path) cannot be used: \(reason)")
    }

    /// The error for a file that ends too early.
    func truncated(_ needed: Int, _ what: String) -> ModelStoreError {
        ModelStoreError(
            .truncatedModelFile,
            "\(path) is cut short: it has \(fileSize) bytes, and \(what) needs at least \(needed); copy or download the file again"
        )
    }

    private mutating func refill(_ count: Int, _ what: @autoclosure () -> String) throws(ModelStoreError) {
        let wanted = min(piece.count, remaining)
        let place = offset
        pieceCount = try piece.withUnsafeMutableBufferPointer { (buffer) throws(ModelStoreError) in
            try file.read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<wanted]), at: place)
        }
        pieceStart = place
        // The file has become shorter since it was opened.
        guard pieceCount >= count else { throw truncated(place + count, what()) }
    }
}
