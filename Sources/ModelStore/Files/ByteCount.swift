/// Writes a number of bytes the way people read it.
enum ByteCount {
    /// For example `512 bytes`, `98.4 MB`, `4.9 GB`; decimal units, as disks and downloads use them.
    static func text(_ bytes: Int) -> String {
        for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] where bytes >= size {
            let tenths = Int((Double(bytes) / Double(size) * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return bytes == 1 ? "1 byte" : "\(bytes) bytes"
    }
}
