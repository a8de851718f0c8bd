/// Settings that are measured against the present ones.
public struct TuningCandidate: Sendable, Hashable, Codable {
    /// What is different, such as "flash attention on"; "defaults" for nothing.
    public var name: String
    public var settings: EngineSettings
    /// Whether it may be chosen; false for what is shown only, such as a cache that rounds what it stores.
    public var isChoosable: Bool

    public init(_ name: String, _ settings: EngineSettings, isChoosable: Bool = true) {
        self.name = name
        self.settings = settings
        self.isChoosable = isChoosable
    }
}
