/// A pool at one moment, and what has happened since it was made.
public struct PoolStats: Sendable, Hashable {
    /// The contexts that may be in use at the same time.
    public var size: Int
    /// Contexts in use. More than ``size`` for a while after the pool was made smaller.
    public var inUse: Int
    /// Contexts that a call would get at once. None in a closed pool.
    public var idle: Int
    /// Calls that wait for a context.
    public var waiting: Int
    /// Calls that got a context.
    public var acquired: Int
    /// Calls that were turned away since too many waited already.
    public var refused: Int
    /// Calls whose time was over while they waited.
    public var timedOut: Int
    /// Calls that were cancelled while they waited.
    public var cancelled: Int
}
