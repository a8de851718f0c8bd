/// The name of a model in the store: a family and a tag, for example `smollm2:135m`, with an optional namespace before it, as in
/// `acme/helper:v2`.
///
/// Names are lower-case; upper-case letters are taken as their lower-case ones. Each part starts with a letter or a digit and goes on
/// with letters, digits, `.`, `_` and `-`, so that a name can be part of a path without leading out of it.
public struct ModelName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Whose model it is; nil for the well-known ones and for the user's own.
    public let namespace: String?
    /// The family, for example `smollm2`.
    public let family: String
    /// The variant within the family, for example `135m`.
    public let tag: String

    /// The longest that each part may be, in bytes.
    static let maximumPartLength = 80

    /// Reads `family`, `family:tag` or `namespace/family:tag`.
    /// - Parameters:
    ///   - text: What the user wrote.
    ///   - catalogue: Where the tag comes from when `text` has none: the default tag of a known family; `latest` for every other.
    /// - Throws: ``ModelStoreError/Code/invalidName``.
    public init(parsing text: String, catalogue: ModelCatalogue = .standard) throws(ModelStoreError) {
        guard !text.isEmpty else {
            throw ModelStoreError(.invalidName, "a model's name cannot be empty: write it like smollm2:135m")
        }
        let slashed = text.split(separator: "/", omittingEmptySubsequences: false)
        guard slashed.count <= 2 else {
            throw Self.invalid(text, "it has \(slashed.count - 1) slashes, and one at most is allowed, as in org/name:tag")
        }
        let colons = (slashed.last ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard colons.count <= 2 else {
            throw Self.invalid(text, "it has \(colons.count - 1) colons, and one at most is allowed, as in name:tag")
        }
        let namespace: String? =
            if slashed.count == 2 { try Self.part(slashed[0], "namespace", of: text) } else { nil }
        let family = try Self.part(colons.first ?? "", "name", of: text)
        // Manifests are called <tag>.json beside folders called <family>.
        guard !family.hasSuffix(".json") else {
            throw Self.invalid(text, "a name cannot end in .json")
        }
        let tag: String =
            if colons.count == 2 {
                try Self.part(colons[1], "tag", of: text)
            } else if namespace == nil, let known = catalogue.family(named: family) {
                known.defaultTag
            } else {
                "latest"
            }
        self.namespace = namespace
        self.family = family
        self.tag = tag
    }

    /// A name made of parts that are known to be right.
    init(namespace: String? = nil, family: String, tag: String) {
        self.namespace = namespace
        self.family = family
        self.tag = tag
    }

    /// The name in full, always with its tag.
    public var description: String {
        (namespace.map { "\($0)/" } ?? "") + "\(family):\(tag)"
    }

    /// Alphabetical by namespace, family and tag; names without a namespace come first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace ?? "", left.family, left.tag) < (right.namespace ?? "", right.family, right.tag)
    }

    private static func part(_ part: Substring, _ role: String, of text: String) throws(ModelStoreError) -> String {
        guard let first = part.utf8.first else {
            throw invalid(text, "its \(role) is empty")
        }
        guard part.utf8.count <= maximumPartLength else {
            throw invalid(text, "its \(role) has \(part.utf8.count) characters, and \(maximumPartLength) are allowed")
        }
        if let odd = part.unicodeScalars.first(where: { !isAllowed($0) }) {
            let code = String(odd.value, radix: 16, uppercase: true)
            let shown = odd.properties.isWhitespace || odd.value < 0x20 ? "U+\(code)" : "'\(odd)'"
            throw invalid(text, "its \(role) contains \(shown), and only letters, digits, '.', '_' and '-' are allowed")
        }
        guard first != UInt8(ascii: "."), first != UInt8(ascii: "-"), first != UInt8(ascii: "_") else {
            throw invalid(text, "its \(role) must start with a letter or a digit")
        }
        guard !part.contains("..") else {
            throw invalid(text, "its \(role) contains two dots in a row")
        }
        let lowered = part.lowercased()
        // What ends in .gguf is taken as a path wherever a model is named.
        guard !lowered.hasSuffix(".gguf") else {
            throw invalid(text, "its \(role) ends in .gguf, which only paths do")
        }
        return lowered
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
        default: false
        }
    }

    private static func invalid(_ text: String, _ reason: String) -> ModelStoreError {
        ModelStoreError(.invalidName, "\(Quoted.text(text)) is not a model's name: \(reason)")
    }
}

/// A name is stored as one string, in full.
extension ModelName: Codable {
    /// Reads the name from a single string.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: String(from: decoder))
    }

    /// Writes the name as a single string.
    public func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
    }
}
