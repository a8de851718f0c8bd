import Foundation

/// What a calibration has measured and chosen.
public struct TuningReport: Sendable, Hashable, Codable {
    /// The model's name.
    public var model: String
    /// What the hardware calls itself, and the cores that the process may use.
    public var processor: String
    public var cores: Int
    /// llama.cpp's version.
    public var llama: String
    /// What each round has computed.
    public var workload: TuningWorkload
    /// The defaults first, then the candidates that time was left for.
    public var measurements: [TuningMeasurement]
    /// The names of the candidates that there was no time for.
    public var unmeasured: [String]
    public var choice: TuningChoice
    /// What it took.
    public var seconds: Double
    /// In universal time, ISO 8601.
    public var measured: String
}
