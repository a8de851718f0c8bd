/// A metadata value. Integers of all widths are kept in the widest one of their kind.
public enum GGUFValue: Sendable, Hashable {
    case unsigned(UInt64)
    case signed(Int64)
    case float(Double)
    case bool(Bool)
    /// Text; bytes that are not UTF-8 have become U+FFFD.
    case string(String)
    case array(GGUFArray)

    /// The value as an integer; nil when it is none, or does not fit.
    public var int: Int? {
        switch self {
        case .unsigned(let value): Int(exactly: value)
        case .signed(let value): Int(exactly: value)
        case .float, .bool, .string, .array: nil
        }
    }

    /// The value as a number; nil when it is none.
    public var double: Double? {
        switch self {
        case .unsigned(let value): Double(value)
        case .signed(let value): Double(value)
        case .float(let value): value
        case .bool, .string, .array: nil
        }
    }

    /// The value as a truth value; nil when it is none.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value as text; nil when it is none.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value as an array; nil when it is none.
    public var array: GGUFArray? {
        if case .array(let value) = self { value } else { nil }
    }
}
