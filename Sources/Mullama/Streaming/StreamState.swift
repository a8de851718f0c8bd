/// The buffer between the engine and the consumer of one stream, as a value: inputs in, actions out, to be run without the lock.
///
/// One consumer waits at most; `Waiter` is its continuation, or anything else in a test.
struct StreamState<Waiter> {
    /// How a stream ended.
    enum End: Sendable {
        case finished(GenerationSummary)
        case failed(any Error)
    }

    enum NextAction {
        case deliver(GenerationChunk, resumeProducer: Bool)
        case suspend
        case end(End)
        /// Another task is waiting for the next chunk already.
        case refuse
    }

    /// The producer pauses at the upper mark and goes on at the lower one.
    static var highWatermark: Int { 32 }
    static var lowWatermark: Int { 8 }

    private var buffer: [GenerationChunk] = []
    private var waiter: Waiter?
    private(set) var end: End?
    private(set) var isProducerPaused = false
    /// The consumer wants the whole answer and will not fall behind: nothing is gained by pausing for it.
    private var isUnbounded = false

    /// Takes a chunk in.
    ///
    /// - Returns: The consumer to hand it to, if one waits, and whether the producer should pause.
    mutating func push(_ chunk: GenerationChunk) -> (waiter: Waiter?, pauseProducer: Bool) {
        guard self.end == nil else { return (nil, false) }
        if let waiter = self.waiter.take() { return (waiter, false) }
        self.buffer.append(chunk)
        guard self.buffer.count >= Self.highWatermark, !self.isUnbounded, !self.isProducerPaused else { return (nil, false) }
        self.isProducerPaused = true
        return (nil, true)
    }

    /// From now on the producer does not pause.
    ///
    /// - Returns: Whether it is paused and should go on.
    mutating func removeBound() -> Bool {
        self.isUnbounded = true
        defer { self.isProducerPaused = false }
        return self.isProducerPaused
    }

    /// Bytes of text that the consumer has not read.
    var bufferedLength: Int { self.buffer.reduce(0) { $0 + $1.text.utf8.count } }

    /// Ends the stream; what is buffered can still be read, unless `discarding`.
    ///
    /// - Returns: The consumer to wake, if one waits. Only the first end counts.
    mutating func finish(_ end: End, discarding: Bool = false) -> (waiter: Waiter?, isFirst: Bool) {
        guard self.end == nil else { return (nil, false) }
        self.end = end
        if discarding { self.buffer = [] }
        return (self.waiter.take(), true)
    }

    /// The consumer asks for a chunk. After `.suspend` it waits with ``wait(_:)`` under the same lock.
    mutating func next() -> NextAction {
        guard self.waiter == nil else { return .refuse }
        if self.buffer.isEmpty {
            return self.end.map { .end($0) } ?? .suspend
        }
        let chunk = self.buffer.removeFirst()
        let resume = self.isProducerPaused && self.buffer.count <= Self.lowWatermark
        if resume { self.isProducerPaused = false }
        return .deliver(chunk, resumeProducer: resume)
    }

    mutating func wait(_ waiter: Waiter) {
        self.waiter = waiter
    }
}
