/// What other formats of a model's weights would give on this machine.
public struct FormatReport: Sendable, Hashable, Codable {
    /// The model's name.
    public var model: String
    /// The format of the file that all others were converted from: what that one has lost, they do not get back.
    public var source: String
    /// What the hardware calls itself, and the cores that the process may use.
    public var processor: String
    public var cores: Int
    /// Several streams of the figures.
    public var streams: Int
    /// Tokens of the text that the perplexity is of.
    public var perplexityTokens: Int
    /// The file as it is, then the formats in the order of their sizes.
    public var measurements: [FormatMeasurement]
}
