/// Where a generation is on its way.
public enum GenerationPhase: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its prompt is being turned into tokens.
    case tokenizing
    /// It waits for a slot.
    case queued
    /// Its prompt is being computed.
    case prefill
    /// Its answer is being generated.
    case decode
}
