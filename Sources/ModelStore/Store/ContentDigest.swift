/// The SHA-256 of a model file, which is also its place in the store.
package struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
    private static let scheme = "sha256"

    /// The 64 lower-case hexadecimal digits.
    package let hex: String

    /// Takes `sha256:` and 64 hexadecimal digits; nil for anything else, which must never become part of a path.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == Self.scheme, parts[1].utf8.count == 64 else { return nil }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
        hex = String(parts[1])
    }

    /// Takes the 32 bytes of a digest.
    package init(bytes: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        hex = String(decoding: text, as: UTF8.self)
    }

    /// The digest as manifests hold it.
    package var description: String { "\(Self.scheme):\(hex)" }

    /// The name of the file in the store's folder of contents.
    package var fileName: String { "\(Self.scheme)-\(hex)" }
}
