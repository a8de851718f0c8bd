/// What a generation waited for.
public struct GenerationDelays: Sendable, Hashable {
    /// Those that had a slot or stood before it when it came into the queue, by their numbers, the 32 first. Empty if it found a slot free.
    public var queuedBehind: [UInt64] = []
    /// How many these were, also where there are more than are named.
    public var queuedBehindCount = 0
    /// In how many parts its prompt was computed: parts of other prompts, and tokens of other answers, come between them.
    public var prefillChunks = 0
    /// The longest time from one token of the answer to the next.
    public var longestGap: Duration = .zero
    /// How long work on it paused since its reader was behind.
    public var pausedTime: Duration = .zero
    /// How long another call had its slot: one of a higher class, any if its own reader did not come back, or memory was short.
    public var suspendedTime: Duration = .zero

    public init() {}
}
