/// A number of bytes that prints itself for people: "1.6 GB", in powers of 1,000.
public struct ByteCount: Sendable, Hashable, CustomStringConvertible {
    public var bytes: Int

    public init(_ bytes: Int) {
        self.bytes = bytes
    }

    public var description: String {
        var value = Double(self.bytes)
        var unit = 0
        let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
        while abs(value) >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        if unit == 0 { return "\(self.bytes) B" }
        let decimals = abs(value) < 9.95 ? 1 : 0
        let scale = decimals == 1 ? 10.0 : 1.0
        let rounded = (value * scale).rounded() / scale
        return (decimals == 1 ? "\(rounded)" : "\(Int(rounded))") + " " + units[unit]
    }
}
