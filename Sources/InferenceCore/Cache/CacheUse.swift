/// What the KV cache and what is kept beside it hold, in tokens.
package struct CacheUse: Sendable, Hashable {
    /// Cells that there are, all slots together.
    package var cells = 0
    /// Tokens of requests that have a slot.
    package var busyTokens = 0
    /// Tokens in idle slots that a later prompt may begin with.
    package var warmTokens = 0
    /// What is kept outside of the cache takes: prefixes for later prompts, pinned ones, and requests that gave up their slots.
    package var keptTokens = 0

    package init() {}
}
