/// Where a generation is on its way.
public enum GenerationPhase: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its prompt is being turned into tokens.
    case tokenizing
    /// It waits for a slot.
    case queued
    /// It had begun and gave its slot to another call. It waits, for its reader if that is behind, and goes on where it was.
    case suspended
    /// Its prompt is being computed.
    case prefill
    /// Its answer is being generated.
    case decode
}
