import Mullama
import MullamaTestSupport
import Synchronization

@testable import MullamaServer

/// Loads models without weights, as slowly and as badly as a test likes.
final class FakeModelLoader: ModelLoading {
    /// What the loader was asked for, in order.
    enum Event: Sendable, Equatable {
        case began(String)
        case loaded(String)
        case failed(String)
        case cancelled(String)
    }

    private struct State {
        var events: [Event] = []
        var held: [String: OneShot<Void>] = [:]
        var failures: [String: MullamaError] = [:]
        var controls: [String: FakeControl] = [:]
        var watchers: [(isReached: @Sendable ([Event]) -> Bool, told: OneShot<Void>)] = []
    }

    private let isHeld: Bool
    private let needs: [String: Int]
    private let makeModel: @Sendable (FakeControl) -> AsyncModel
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isHeld: Whether each load waits for ``finish(_:)``.
    ///   - needs: Bytes that models take; 1 for all others.
    ///   - makeModel: Makes a model that answers from the control.
    init(
        isHeld: Bool = false,
        needs: [String: Int] = [:],
        makeModel: @escaping @Sendable (FakeControl) -> AsyncModel = { FakeModel($0).model }
    ) {
        self.isHeld = isHeld
        self.needs = needs
        self.makeModel = makeModel
    }

    var events: [Event] { self.state.withLock { $0.events } }

    /// Sets what the next model of that name answers from.
    func control(_ name: String, _ control: FakeControl) {
        self.state.withLock { $0.controls[name] = control }
    }

    /// Makes the next load of that name fail.
    func fail(_ name: String, _ error: MullamaError) {
        self.state.withLock { $0.failures[name] = error }
    }

    /// Lets a held load go on.
    func finish(_ name: String) {
        self.state.withLock { $0.held.removeValue(forKey: name) }?.settle(.success(()))
    }

    /// Waits until this has happened.
    func wait(for event: Event) async throws {
        try await self.wait { $0.contains(event) }
    }

    func wait(until isReached: @escaping @Sendable ([Event]) -> Bool) async throws {
        let told = OneShot<Void>()
        let isThere = self.state.withLock { state in
            guard !isReached(state.events) else { return true }
            state.watchers.append((isReached, told))
            return false
        }
        if !isThere { try await told.value() }
    }

    // MARK: The registry's side

    func memoryNeed(of reference: ModelReference, _ params: ModelParams) async throws -> Int {
        self.needs[reference.name] ?? 1
    }

    func load(
        _ reference: ModelReference,
        _ params: ModelParams,
        onProgress: @escaping @Sendable (Double) -> Void
    ) async throws -> AsyncModel {
        let name = reference.name
        let gate = self.isHeld ? OneShot<Void>() : nil
        if let gate { self.state.withLock { $0.held[name] = gate } }
        onProgress(0.5)
        self.note(.began(name))
        do {
            try await withTaskCancellationHandler {
                try await gate?.value()
            } onCancel: {
                gate?.settle(.failure(CancellationError()))
            }
            if let failure = self.state.withLock({ $0.failures.removeValue(forKey: name) }) { throw failure }
        } catch {
            self.note(error is CancellationError ? .cancelled(name) : .failed(name))
            throw error
        }
        let control = self.state.withLock { $0.controls.removeValue(forKey: name) }
        let model = self.makeModel(control ?? FakeControl())
        self.note(.loaded(name))
        return model
    }

    private func note(_ event: Event) {
        let reached = self.state.withLock { state in
            state.events.append(event)
            let reached = state.watchers.filter { $0.isReached(state.events) }
            if !reached.isEmpty { state.watchers.removeAll { $0.isReached(state.events) } }
            return reached
        }
        for watcher in reached { watcher.told.settle(.success(())) }
    }
}
