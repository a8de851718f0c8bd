/// What a format of weights gives.
public struct FormatMeasurement: Sendable, Hashable, Codable {
    /// Nil for the model's file as it is.
    public var format: WeightFormat?
    /// The format's name.
    public var name: String
    /// Bytes of the file.
    public var size: Int
    /// Tokens per second of a prompt, of one stream, and of several together.
    public var prefill: Double
    public var decode: Double
    public var streams: Double
    /// How many times the speed of the file as it is, measured before and after.
    public var prefillRatio: Double
    public var decodeRatio: Double
    public var streamsRatio: Double
    /// Of a fixed text. Lower is better; a few hundredths are no difference.
    public var perplexity: Double
    /// Tensors that this model's widths let llama.cpp store in another format only.
    public var fallbackTensors: Int
}
