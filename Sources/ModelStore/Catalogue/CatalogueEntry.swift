/// What the catalogue knows about a name.
public struct CatalogueEntry: Sendable, Hashable {
    /// The name in full; the one that all aliases lead to.
    public let name: ModelName
    /// The family that the model belongs to.
    public let family: CatalogueFamily
    /// The model itself.
    public let model: CatalogueModel

    /// The model's license.
    public var license: String { model.license ?? family.license }
}
