/// An array among a file's metadata: what it holds and where it lies.
///
/// The elements of a small array (up to ``GGUFArray/keptSize`` bytes in the file) are kept; a vocabulary of 250,000 strings is not.
/// ``GGUFHeader/loadArray(_:)`` brings the elements of a large one.
public struct GGUFArray: Sendable, Hashable {
    /// Arrays up to this many bytes are kept with the header: 64 KiB.
    public static let keptSize = 65_536

    /// The type of every element.
    public let elementType: GGUFValueType
    /// The number of elements.
    public let count: Int
    /// Where the elements lie in the file, in bytes from its start.
    public let byteRange: Range<Int>

    private let bytes: [UInt8]?

    init(elementType: GGUFValueType, count: Int, byteRange: Range<Int>, bytes: [UInt8]?) {
        self.elementType = elementType
        self.count = count
        self.byteRange = byteRange
        self.bytes = bytes
    }

    /// Whether the elements are at hand.
    public var isLoaded: Bool { bytes != nil }

    /// The elements as integers; nil when they are not at hand, are no integers or truth values, or one does not fit.
    public var ints: [Int]? {
        switch elementType {
        case .uint8: elements(UInt8.self).map { $0.map(Int.init) }
        case .int8: elements(Int8.self).map { $0.map(Int.init) }
        case .uint16: elements(UInt16.self).map { $0.map(Int.init) }
        case .int16: elements(Int16.self).map { $0.map(Int.init) }
        case .uint32: elements(UInt32.self).map { $0.map(Int.init) }
        case .int32: elements(Int32.self).map { $0.map(Int.init) }
        case .int64: elements(Int64.self).map { $0.map(Int.init) }
        case .uint64: elements(UInt64.self).flatMap { Self.converted($0) { Int(exactly: $0) } }
        case .bool: elements(UInt8.self).map { $0.map { $0 == 0 ? 0 : 1 } }
        case .float32, .float64, .string, .array: nil
        }
    }

    /// The elements as truth values; nil when they are not at hand, or neither integers nor truth values.
    public var bools: [Bool]? {
        ints.map { $0.map { $0 != 0 } }
    }

    /// The elements as numbers; nil when they are not at hand, or are no numbers.
    public var doubles: [Double]? {
        switch elementType {
        case .float32: elements(UInt32.self).map { $0.map { Double(Float(bitPattern: $0)) } }
        case .float64: elements(UInt64.self).map { $0.map { Double(bitPattern: $0) } }
        case .uint64: elements(UInt64.self).map { $0.map(Double.init) }
        case .bool, .string, .array: nil
        default: ints.map { $0.map(Double.init) }
        }
    }

    /// The elements as text, bytes that are not UTF-8 as U+FFFD; nil when they are not at hand, or are no text.
    public var strings: [String]? {
        guard elementType == .string, let bytes else { return nil }
        var strings: [String] = []
        strings.reserveCapacity(min(count, bytes.count / 8))
        var rest = bytes[...]
        for _ in 0..<count {
            guard rest.count >= 8, let length = Int(exactly: Self.load(UInt64.self, from: rest)) else { return nil }
            rest = rest.dropFirst(8)
            guard length <= rest.count else { return nil }
            strings.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length)
        }
        return strings
    }

    private func elements<T: FixedWidthInteger>(_ type: T.Type) -> [T]? {
        let size = MemoryLayout<T>.size
        guard let bytes, bytes.count / size == count else { return nil }
        return (0..<count).map { Self.load(type, from: bytes[($0 * size)...]) }
    }

    /// Reads a little-endian integer from the start of `bytes`, which must hold that many.
    private static func load<T: FixedWidthInteger>(_ type: T.Type, from bytes: ArraySlice<UInt8>) -> T {
        bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: type)) }
    }

    private static func converted<T, R>(_ values: [T], _ convert: (T) -> R?) -> [R]? {
        let converted = values.compactMap(convert)
        return converted.count == values.count ? converted : nil
    }
}
