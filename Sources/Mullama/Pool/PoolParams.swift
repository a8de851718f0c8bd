/// How a pool treats those who wait.
public struct PoolParams: Sendable, Hashable {
    /// How long a call may wait for a context, above zero. Then it throws ``MullamaError/Code/timedOut``. Nil lets it wait as long as it takes.
    public var waitLimit: Duration?
    /// How many calls may wait at the same time, 0 (none) or more. The next one throws ``MullamaError/Code/overloaded`` at once. Nil sets no
    /// limit.
    public var queueLimit: Int?
    /// Whether the memory for all contexts, filled to the end, has to be there when the pool is made or grows. If not, the pool is made in any
    /// case and takes memory only as its contexts are used; a call for which there is none left throws by itself.
    public var reservesMemory: Bool

    public init(waitLimit: Duration? = nil, queueLimit: Int? = nil, reservesMemory: Bool = true) {
        self.waitLimit = waitLimit
        self.queueLimit = queueLimit
        self.reservesMemory = reservesMemory
    }
}

extension PoolParams {
    func validate() throws(MullamaError) {
        if let limit = self.waitLimit, limit <= .zero {
            throw MullamaError(.invalidRequest, "waitLimit is \(limit): it must be above zero; a queueLimit of 0 refuses to wait")
        }
        if let limit = self.queueLimit, limit < 0 {
            throw MullamaError(.invalidRequest, "queueLimit is \(limit): it must be 0 or more")
        }
    }
}
