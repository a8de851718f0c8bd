/// What a scheduler may use.
public struct SchedulerLimits: Sendable, Hashable {
    /// Whether the model generates; others compute embeddings alone.
    public var canGenerate: Bool
    /// The most sequences computed together.
    public var parallel: Int
    /// Slots that the cache has at least, 1 to `parallel`; more come with the requests that need them.
    public var firstSlots: Int
    /// How long a cache stays that is larger than what needs it; nil for ever.
    public var shrinkAfter: Duration?
    /// The most cells of the KV cache, all slots together.
    public var cells: Int
    /// The most requests that may wait; nil for any number.
    public var queueLimit: Int?
    /// The longest that a request may wait before it starts; nil for ever.
    public var waitLimit: Duration?
    /// Whether the cache can forget the end of a sequence (recurrent and hybrid models cannot).
    public var canTrim: Bool
    /// Whether a sequence that was moved into a larger cache can still be cut back (models with a sliding window leave behind what it has
    /// passed).
    public var canTrimMoved: Bool
    /// Tokens that some layers see at most; 0 if all see all. What a window has passed stays behind when a sequence is moved, and only if that is
    /// whole blocks does the sequence go on with the same results.
    public var window: Int
    /// Whether the positions of cached tokens can be moved, which ``OverflowPolicy/shift`` needs.
    public var canShift: Bool
    /// The most tokens of prefixes that are kept outside of the cache on the scheduler's own account.
    public var parkedTokens: Int

    public init(
        canGenerate: Bool = true,
        parallel: Int,
        firstSlots: Int? = nil,
        shrinkAfter: Duration? = nil,
        cells: Int = .max,
        queueLimit: Int? = nil,
        waitLimit: Duration? = nil,
        canTrim: Bool = true,
        canTrimMoved: Bool = true,
        window: Int = 0,
        canShift: Bool = true,
        parkedTokens: Int = 0
    ) {
        self.canGenerate = canGenerate
        self.parallel = parallel
        self.firstSlots = min(parallel, max(1, firstSlots ?? parallel))
        self.shrinkAfter = shrinkAfter
        self.cells = cells
        self.queueLimit = queueLimit
        self.waitLimit = waitLimit
        self.canTrim = canTrim
        self.canTrimMoved = canTrim && canTrimMoved
        self.window = window
        self.canShift = canShift
        self.parkedTokens = parkedTokens
    }
}
