/// One well-known model: a family at one size in one quantization.
public struct CatalogueModel: Sendable, Hashable, Codable {
    /// The tag within the family, for example `135m`.
    public let tag: String
    /// Other tags that mean the same model.
    public let aliases: [String]
    /// About how many parameters it has.
    public let parameterCount: Int
    /// The quantization of the named file, as llama.cpp calls it, for example `Q4_K_M`.
    public let quantization: String
    /// About how large the file is, in bytes.
    public let approximateSize: Int
    /// The license, where it differs from the family's.
    public let license: String?
    /// Where the file comes from.
    public let origin: CatalogueOrigin
}
