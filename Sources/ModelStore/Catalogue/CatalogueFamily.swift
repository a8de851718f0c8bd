/// A family of well-known models that share a name, for example `smollm2`.
public struct CatalogueFamily: Sendable, Hashable, Codable {
    /// The family's name, as model names use it.
    public let name: String
    /// The name that its makers use, for example `SmolLM2 Instruct`.
    public let title: String
    /// Other names for the family.
    public let aliases: [String]
    /// The license of its models, unless a model says otherwise: an SPDX identifier, or the license's own title.
    public let license: String
    /// The tag that a name without one means.
    public let defaultTag: String
    /// Its models.
    public let models: [CatalogueModel]
}
