/// The order in which several answers end, as a value: inputs in, actions out, to be run without the lock.
///
/// `Waiter` is a continuation, or anything else in a test. Of several that wait, the first is served first.
struct CompletionState<Waiter> {
    /// Who goes on, with the number of the answer that has ended; nil when all were taken.
    typealias Wake = (waiter: Waiter, index: Int?)

    /// Ended and not taken yet.
    private var ready: [Int] = []
    private var waiters: [Waiter] = []
    /// How many of all are not taken yet.
    private var left: Int

    init(count: Int) {
        self.left = count
    }

    /// An answer has ended. Each may be told once.
    mutating func complete(_ index: Int) -> [Wake] {
        self.ready.append(index)
        return self.serve()
    }

    /// Somebody wants the next answer, and waits until it is among those who go on.
    mutating func next(_ waiter: Waiter) -> [Wake] {
        self.waiters.append(waiter)
        return self.serve()
    }

    private mutating func serve() -> [Wake] {
        var wakes: [Wake] = []
        while !self.ready.isEmpty, !self.waiters.isEmpty {
            self.left -= 1
            wakes.append((self.waiters.removeFirst(), self.ready.removeFirst()))
        }
        if self.left == 0 {
            wakes += self.waiters.map { ($0, nil) }
            self.waiters = []
        }
        return wakes
    }
}
