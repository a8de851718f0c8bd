import Synchronization

/// Loads each thing once, however many ask for it at the same time or later, as long as somebody uses it.
///
/// A load runs on a thread of its own. It is given up when all who wait for it were cancelled; who was cancelled does not wait for that.
final class SharedLoads<Key: Hashable & Sendable, Value: AnyObject & Sendable>: Sendable {
    typealias Load =
        @Sendable (_ isCancelled: @escaping @Sendable () -> Bool, _ onProgress: @escaping @Sendable (Double) -> Void) throws
        -> Value

    private struct WeakValue {
        weak var value: Value?
    }

    private enum Entry {
        case loading(LoadFlag, waiters: [LoadWaiter<Value>])
        case loaded(WeakValue)
    }

    private enum Entrance {
        case found(Value)
        case joined
        case start(LoadFlag)
    }

    private let entries = Mutex<[Key: Entry]>([:])

    init() {}

    /// The value, loaded if nobody has it.
    ///
    /// - Parameter onProgress: Called in the caller's task, and as slow as it likes to be: the load does not wait for it, it misses values.
    func value(for key: Key, onProgress: (@Sendable (Double) -> Void)?, load: @escaping Load) async throws -> Value {
        try Task.checkCancellation()
        let waiter = LoadWaiter<Value>()
        switch self.enter(waiter, for: key) {
        case .found(let value): return value
        case .joined: break
        case .start(let flag): self.start(load, for: key, flag)
        }
        return try await waiter.value(onProgress: onProgress) { self.leave(waiter, for: key) }
    }

    /// How many calls wait for a load now.
    func waitingCount(for key: Key) -> Int {
        if case .loading(_, let waiters) = self.entries.withLock({ $0[key] }) { waiters.count } else { 0 }
    }

    private func enter(_ waiter: LoadWaiter<Value>, for key: Key) -> Entrance {
        self.entries.withLock { entries in
            switch entries[key] {
            case .loading(let flag, let waiters):
                entries[key] = .loading(flag, waiters: waiters + [waiter])
                return .joined
            case .loaded(let box):
                if let value = box.value { return .found(value) }
            case nil:
                break
            }
            let flag = LoadFlag()
            entries[key] = .loading(flag, waiters: [waiter])
            return .start(flag)
        }
    }

    private func start(_ load: @escaping Load, for key: Key, _ flag: LoadFlag) {
        let thread = InferenceThread(name: "mullama-load")
        thread.run {
            let result = Result {
                try load({ flag.isSet }, { progress in self.report(progress, for: key, flag) })
            }
            self.finish(result, for: key, flag)
        }
        thread.stop()
    }

    private func report(_ progress: Double, for key: Key, _ flag: LoadFlag) {
        let waiters = self.entries.withLock { entries -> [LoadWaiter<Value>] in
            guard case .loading(flag, let waiters) = entries[key] else { return [] }
            return waiters
        }
        for waiter in waiters { waiter.report(progress) }
    }

    private func finish(_ result: Result<Value, any Error>, for key: Key, _ flag: LoadFlag) {
        let waiters = self.entries.withLock { entries -> [LoadWaiter<Value>] in
            // After a cancel, another load of the same file may have begun.
            guard case .loading(flag, let waiters) = entries[key] else { return [] }
            switch result {
            case .success(let value): entries[key] = .loaded(WeakValue(value: value))
            case .failure: entries[key] = nil
            }
            return waiters
        }
        for waiter in waiters { waiter.finish(result) }
    }

    /// The waiter's task was cancelled.
    private func leave(_ waiter: LoadWaiter<Value>, for key: Key) {
        self.entries.withLock { entries in
            guard case .loading(let flag, let waiters) = entries[key], waiters.contains(where: { $0 === waiter }) else { return }
            let others = waiters.filter { $0 !== waiter }
            entries[key] = others.isEmpty ? nil : .loading(flag, waiters: others)
            if others.isEmpty { flag.set() }
        }
    }
}
