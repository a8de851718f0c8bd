/// Who may use what a context has computed.
public enum CacheIsolation: String, Sendable, Hashable, CaseIterable {
    /// Prompts that begin alike use each other's work, whatever context computed it. Answers do not depend on it; how soon they start does, and
    /// from that a caller could tell that another has sent the same beginning.
    case shared
    /// Only this context uses what it computes, and it uses nothing of others.
    case strict
}
