import Synchronization

/// Loads each thing once, however many ask for it at the same time or later, as long as somebody uses it.
///
/// A load runs on a thread of its own. It is given up when all who wait for it were cancelled; who was cancelled does not wait for that.
final class SharedLoads<Key: Hashable & Sendable, Value: AnyObject & Sendable>: Sendable {
    typealias Load =
        @Sendable (_ isCancelled: @escaping @Sendable () -> Bool, _ onProgress: @escaping @Sendable (Double) -> Void) throws
        -> Value

    private typealias Waiter = (continuation: CheckedContinuation<Value, any Error>, onProgress: (@Sendable (Double) -> Void)?)

    private struct WeakValue {
        weak var value: Value?
    }

    private enum Entry {
        case loading(LoadFlag, waiters: [Int: Waiter])
        case loaded(WeakValue)
    }

    private enum WaitAction {
        case cancelled
        case found(Value)
        case joined
        case start(LoadFlag)
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var nextWaiter = 0
        /// Waiters that were cancelled before they could be registered.
        var cancelledEarly: Set<Int> = []
    }

    private let state = Mutex(State())

    init() {}

    func value(for key: Key, onProgress: (@Sendable (Double) -> Void)?, load: @escaping Load) async throws -> Value {
        let id = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.wait(id, for: key, (continuation, onProgress), load: load)
            }
        } onCancel: {
            self.cancel(id, for: key)
        }
    }

    private func wait(_ id: Int, for key: Key, _ waiter: Waiter, load: @escaping Load) {
        let action = self.state.withLock { state -> WaitAction in
            if state.cancelledEarly.remove(id) != nil { return .cancelled }
            switch state.entries[key] {
            case .loading(let flag, var waiters):
                waiters[id] = waiter
                state.entries[key] = .loading(flag, waiters: waiters)
                return .joined
            case .loaded(let box):
                if let value = box.value { return .found(value) }
            case nil:
                break
            }
            let flag = LoadFlag()
            state.entries[key] = .loading(flag, waiters: [id: waiter])
            return .start(flag)
        }
        switch action {
        case .cancelled: waiter.continuation.resume(throwing: CancellationError())
        case .found(let value): waiter.continuation.resume(returning: value)
        case .joined: break
        case .start(let flag): self.start(load, for: key, flag)
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
        let handlers = self.state.withLock { state -> [@Sendable (Double) -> Void] in
            guard case .loading(flag, let waiters) = state.entries[key] else { return [] }
            return waiters.values.compactMap(\.onProgress)
        }
        for handler in handlers { handler(progress) }
    }

    private func finish(_ result: Result<Value, any Error>, for key: Key, _ flag: LoadFlag) {
        let waiters = self.state.withLock { state -> [Waiter] in
            // After a cancel, another load of the same file may have begun.
            guard case .loading(flag, let waiters) = state.entries[key] else { return [] }
            switch result {
            case .success(let value): state.entries[key] = .loaded(WeakValue(value: value))
            case .failure: state.entries[key] = nil
            }
            return Array(waiters.values)
        }
        for waiter in waiters { waiter.continuation.resume(with: result) }
    }

    private func cancel(_ id: Int, for key: Key) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard case .loading(let flag, var waiters) = state.entries[key], let waiter = waiters.removeValue(forKey: id) else {
                state.cancelledEarly.insert(id)
                return nil
            }
            if waiters.isEmpty {
                flag.set()
                state.entries[key] = nil
            } else {
                state.entries[key] = .loading(flag, waiters: waiters)
            }
            return waiter
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
