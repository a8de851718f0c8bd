/// How much of a step prompts may take. The one place to change for another trade between throughput and stalls.
public struct PrefillPolicy: Sendable {
    /// Every so many steps with prompts, the prompt that has waited longest goes first, however long it is.
    static let turnsPerFairTurn = 8
    /// Beside requests of a higher class, batch requests are computed in every so many steps.
    static let stepsPerBatchTurn = 4
    /// How long a request keeps its slot for which it has waited long, whoever comes.
    static let leastTurn = Duration.seconds(2)
    /// How long a request keeps its slot while its consumer takes nothing and others wait for one.
    static let patience = Duration.seconds(1)
    /// The most tokens of a prompt that are scored in one step: each of them takes a row of scores, as long as the vocabulary.
    package static let scoredChunk = 2 * PrefillBlocks.size
    /// A prompt waits for another that begins alike if that spares it so many tokens.
    static let worthWaiting = 2 * PrefillBlocks.size

    /// The longest that a sequence which is generating should wait for the prompts of others.
    public var maxStall: Duration
    /// The part of the time that prompts may take while others generate, above 0; 1 sets no bound.
    public var share: Double
    /// The most prompt tokens of a step: beyond it throughput no longer grows.
    public var largestChunk: Int
    /// Prompt tokens of a step when nobody is generating, however long they take: close to full speed, and soon over.
    public var loneChunk: Int

    public init(maxStall: Duration = .milliseconds(100), share: Double = 0.75, largestChunk: Int = 256, loneChunk: Int = 64) {
        self.maxStall = maxStall
        self.share = share
        self.largestChunk = largestChunk
        self.loneChunk = loneChunk
    }
}
