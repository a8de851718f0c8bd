/// What happens when a generation reaches the end of its context.
public enum OverflowPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// The generation ends there with ``FinishReason/length``. The default.
    case stop
    /// The oldest tokens after the prompt make room, half of them at a time; ``Usage/droppedTokens`` says how many went.
    /// Refused for models whose cache cannot be shifted.
    case shift
    /// A request whose prompt and `maxTokens` together do not fit is refused before any work.
    case refuse
}
