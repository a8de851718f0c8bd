import Foundation
import Synchronization

/// Where a thread may not be blocked, since what it waits for could need that very thread.
enum CallerCheck {
    private static let mainQueueKey: DispatchSpecificKey<Bool> = {
        let key = DispatchSpecificKey<Bool>()
        DispatchQueue.main.setSpecific(key: key, value: true)
        return key
    }()

    /// Traps, in release builds with its message too, where blocking the caller's thread could be for ever.
    @available(*, noasync)
    static func expectBlockable() {
        if WorkerThread.current != nil {
            fatalError("blockOn was called on a thread of a MullamaRuntime, which runs what it would wait for: await it instead")
        }
        if withUnsafeCurrentTask(body: { $0 != nil }) {
            fatalError(
                "blockOn was called inside of a task, whose thread other tasks need: await instead, or call it on a thread of your own"
            )
        }
        let isServed = Thread.isMainThread ? Self.servesMainQueue() : DispatchQueue.getSpecific(key: Self.mainQueueKey) == nil
        if !isServed {
            fatalError(
                "blockOn was called in a block of the main queue, which runs nothing else until the block ends: start a task instead"
            )
        }
    }

    /// Whether the run loop of the main thread serves the main queue. It does not while the thread is in a block of that queue.
    @available(*, noasync)
    private static func servesMainQueue() -> Bool {
        let mark = Mark()
        DispatchQueue.main.async { mark.isSet.store(true, ordering: .relaxed) }
        // One turn would do if the loop had nothing else to serve; it takes its sources in turn.
        for _ in 0..<100 where !mark.isSet.load(ordering: .relaxed) {
            _ = RunLoop.current.run(mode: .default, before: .distantPast)
        }
        return mark.isSet.load(ordering: .relaxed)
    }

    private final class Mark: Sendable {
        let isSet = Atomic(false)
    }
}
