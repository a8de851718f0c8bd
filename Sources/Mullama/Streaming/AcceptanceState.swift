/// Whether a call was checked and handed to the engine, as a value: inputs in, actions out, to be run without the lock.
///
/// `Waiter` is a continuation, or anything else in a test. Any number may wait.
struct AcceptanceState<Waiter> {
    /// Tokens of the accepted call's prompt; nil as long as it is not accepted.
    private(set) var promptTokens: Int?
    private var waiters: [Waiter] = []

    /// - Returns: Who waits for that.
    mutating func accept(_ promptTokens: Int) -> [Waiter] {
        self.promptTokens = promptTokens
        return self.end()
    }

    /// Whoever wants to know waits until ``accept(_:)`` or ``end()`` names it.
    mutating func wait(_ waiter: Waiter) {
        self.waiters.append(waiter)
    }

    /// The call has ended.
    ///
    /// - Returns: Who still waits for its acceptance.
    mutating func end() -> [Waiter] {
        defer { self.waiters = [] }
        return self.waiters
    }
}
