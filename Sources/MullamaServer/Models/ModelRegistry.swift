import Foundation
package import ModelStore
package import Mullama
import ServiceLifecycle
import Synchronization

/// The models of a server: loaded when they are first asked for, kept for a time after their last use, and unloaded, least recently used
/// first, when another needs their memory. A model that is in use is never unloaded.
///
/// What is decided is decided by ``RegistryState``; this is the lock around it, and what is done without the lock.
package final class ModelRegistry: Service {
    /// Must be done at once: loads and unloads wait for it.
    package typealias Observer = @Sendable (ModelEvent) -> Void

    /// What is left to do once the lock is free.
    private typealias Effect = @Sendable () -> Void

    /// How long what the engine has in hand may take when a model is unloaded. Nobody waits for it: all leases are back.
    private static let tail = Duration.seconds(5)

    package let catalog: ModelCatalog
    package let params: ModelParams
    /// Bytes that all models together may take.
    package let memoryBudget: Int
    private let keepAlive: KeepAlive?
    private let loader: any ModelLoading
    private let clock: EngineClock
    let core: Mutex<RegistryCore>

    /// - Parameters:
    ///   - named: Models that are served beside those in the store; requests that name none get the first.
    ///   - memoryBudget: Bytes that all models together may take, each counted with its weights, its buffers and the cache of one context. Nil for
    ///     nine tenths of what the machine has available now.
    ///   - keepAlive: How long a model is kept after its last use, unless a request says otherwise. Nil for five minutes, and for ever for the
    ///     default model.
    ///   - waitLimit: How long a call may wait for others to let go of the memory that its model needs. Nil for that of `params`, else 30 s.
    ///   - clock: What all times are measured with.
    /// - Throws: What ``ModelCatalog/init(named:store:)`` throws.
    package init(
        named: [NamedModel],
        params: ModelParams = ModelParams(),
        store: ModelStore = ModelStore(),
        memoryBudget: Int? = nil,
        keepAlive: KeepAlive? = nil,
        waitLimit: Duration? = nil,
        loader: any ModelLoading = FileModelLoader(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws(MullamaError) {
        let available = SystemMemory.available ?? SystemMemory.total
        let budget = memoryBudget ?? (available - available / 10)
        self.catalog = try ModelCatalog(named: named, store: store)
        self.params = params
        self.memoryBudget = budget
        self.keepAlive = keepAlive
        self.loader = loader
        self.clock = EngineClock(clock)
        self.core = Mutex(
            RegistryCore(state: RegistryState(budget: budget, waitLimit: waitLimit ?? params.waitLimit ?? .seconds(30)))
        )
    }

    // MARK: Names

    /// The model that a request means, without loading it: for refusals before any work. Reads a small file of the store.
    ///
    /// - Parameter name: Nil for the default model.
    /// - Throws: ``MullamaError/Code/modelNotFound`` with the names that are there.
    package func resolve(_ name: String?) throws -> ModelReference {
        try self.catalog.resolve(name)
    }

    /// All models that requests can name, sorted by name. Reads the store, and headers that it has not read before, on the calling thread.
    package func available() throws -> [AvailableModel] {
        try self.catalog.available()
    }

    /// What the models that were named at the start take in memory with all of their contexts, from their files' headers.
    ///
    /// - Throws: ``MullamaError`` for a file that cannot be loaded with the server's parameters.
    package func plan() async throws -> ServePlan {
        try await InferenceThread.performOnce(name: "mullama-plan") { [catalog, params, memoryBudget] in
            try ServePlan(catalog.references, params, budget: memoryBudget)
        }
    }

    // MARK: Leases

    /// The model of that name, loaded if it must be. It stays in memory as long as somebody has a lease of it, and for its time after that.
    ///
    /// Cancelling the task that waits leaves a load to the others who wait for it, and ends it if there are none.
    ///
    /// - Parameters:
    ///   - name: Nil for the default model.
    ///   - keepAlive: How long the model is kept after its last use, from now on until it is unloaded. Nil leaves that as it is.
    /// - Throws: ``MullamaError`` with `modelNotFound`; `outOfMemory` for a model larger than the budget; `overloaded`, with the time after which to
    ///   try again, if others have not let go of enough memory in time; `modelClosed` after ``close(grace:)``; what its load has failed
    ///   with. `CancellationError` when the task is cancelled.
    package func lease(_ name: String?, keepAlive: KeepAlive? = nil) async throws -> ModelLease {
        try Task.checkCancellation()
        let reference = try self.catalog.resolve(name)
        let known = self.core.withLock { $0.state.entries[reference.key]?.need }
        let need: Int
        if let known { need = known } else { need = try await self.loader.memoryNeed(of: reference, self.params) }

        let waiter = RegistryCore.Waiter(reference: reference, asked: self.clock.now())
        let ticket = self.enter(waiter, need: need, keepAlive: keepAlive)
        return try await withTaskCancellationHandler {
            try await waiter.answer.value()
        } onCancel: {
            self.apply { core, _ in core.state.cancel(ticket) }
        }
    }

    private func enter(_ waiter: RegistryCore.Waiter, need: Int, keepAlive: KeepAlive?) -> RegistryState.Ticket {
        let key = waiter.reference.key
        let usual = self.keepAlive ?? (self.catalog.defaultKey == key ? .forever : .standard)
        let (ticket, effects) = self.core.withLock { core in
            let (ticket, actions) = core.state.ask(key, need: need, keepAlive: keepAlive, usual: usual, now: waiter.asked)
            core.waiters[ticket] = waiter
            core.waiters[ticket]?.foundIt = actions == [.grant(ticket, key)]
            if core.residents[key] == nil { core.residents[key] = RegistryCore.Resident(reference: waiter.reference) }
            return (ticket, self.carryOut(actions, &core))
        }
        for effect in effects { effect() }
        return ticket
    }

    // MARK: Unloading

    /// Unloads a model at once if nobody uses it, and waits for that; else when the last lease ends, without waiting. Who asks for it meanwhile
    /// gets it all the same.
    package func unload(_ name: String) async {
        let leavers = self.residents(named: name).compactMap { model -> OneShot<Void>? in
            let key = model.reference.key
            self.unloadWhenIdle(key)
            let leaver = OneShot<Void>()
            return self.core.withLock { core in
                guard core.state.entries[key]?.phase == .unloading else { return nil }
                core.residents[key]?.leavers.append(leaver)
                return leaver
            }
        }
        for leaver in leavers { try? await leaver.value() }
    }

    func unloadWhenIdle(_ key: ModelKey) {
        self.apply { core, now in core.state.unload(whenIdle: key, now: now) }
    }

    /// The models in memory that are meant by a name. One may have lost it since it was loaded, to another file or to none, so that the name alone
    /// leads past it.
    private func residents(named name: String) -> [LoadedModel] {
        let names = [name, self.catalog.canonical(name)]
        let key = (try? self.catalog.resolve(name))?.key
        return self.loaded.filter { names.contains($0.reference.name) || $0.reference.key == key }
    }

    /// What a model is called that is in memory, or can be loaded.
    ///
    /// - Parameter name: Nil for the default model.
    /// - Throws: ``MullamaError/Code/modelNotFound`` with the names that are there.
    package func fullName(of name: String?) throws -> String {
        if let name, let model = self.residents(named: name).first { return model.reference.name }
        return try self.resolve(name).name
    }

    /// Refuses all later calls, ends those that wait, and closes all models: what generates may go on for `grace`, and is ended then.
    ///
    /// Returns when all memory is given back, however often it is called. Beside an earlier close, the shorter time counts.
    package func close(grace: Duration) async {
        let closer = OneShot<Void>()
        self.apply { core, _ in
            let closing = core.residents.filter { core.state.entries[$0.key]?.phase == .unloading }.compactMap(\.value.model)
            core.grace = min(core.grace ?? grace, grace)
            core.closers.append(closer)
            for model in closing { Task.detached { await model.close(grace: grace) } }
            return core.state.close()
        }
        try? await closer.value()
    }

    // MARK: Watching

    /// The models that are in memory or on their way in or out, sorted by name. Waits for nothing.
    package var loaded: [LoadedModel] {
        let now = self.clock.now()
        return self.core.withLock { $0.snapshot(now: now, date: .now) }.sorted { $0.reference.name < $1.reference.name }
    }

    /// Has the observer told what happens from now on, in the place of an earlier one.
    package func observe(_ observer: @escaping Observer) {
        self.core.withLock { $0.observer = observer }
    }

    private func tell(_ event: ModelEvent) {
        self.core.withLock { $0.observer }?(event)
    }

    /// Reads the headers of all models, so that the first listing finds them read, and returns when the service group shuts down or the task is
    /// cancelled. Models are loaded, and unloaded in time, also without it.
    package func run() async throws {
        _ = try? await InferenceThread.performOnce(name: "mullama-headers") { [catalog] in try catalog.available() }
        try? await gracefulShutdown()
    }

    // MARK: Loads

    private func load(_ reference: ModelReference) async {
        let key = reference.key
        let begin = self.clock.now()
        do {
            let model = try await self.loader.load(reference, self.params) { progress in
                self.core.withLock { $0.residents[key]?.progress = progress }
            }
            let end = self.clock.now()
            self.tell(.loaded(reference, model, after: end - begin))
            self.apply { core, now in
                core.residents[key]?.model = model
                core.residents[key]?.loadTime = end - begin
                return core.state.loaded(key, now: now)
            }
        } catch {
            if !(error is CancellationError) { self.tell(.failed(reference)) }
            self.apply(failure: error) { core, _ in core.state.failed(key) }
        }
    }

    // MARK: Parts

    /// Hands the state an input and does what comes of it.
    ///
    /// - Parameter failure: Why a load has failed, if that is the input.
    private func apply(
        failure: (any Error)? = nil,
        _ input: (inout RegistryCore, _ now: Duration) -> [RegistryState.Action]
    ) {
        let now = self.clock.now()
        let effects = self.core.withLock { core in
            let actions = input(&core, now)
            return self.carryOut(actions, &core, failure)
        }
        for effect in effects { effect() }
    }

    /// Does what needs the lock, and returns what must not be done under it. Tasks are made here, so that a cancel finds them.
    private func carryOut(_ actions: [RegistryState.Action], _ core: inout RegistryCore, _ failure: (any Error)? = nil) -> [Effect] {
        var effects: [Effect] = []
        for action in actions {
            switch action {
            case .load(let key):
                guard let reference = core.residents[key]?.reference else { continue }
                core.residents[key]?.progress = 0
                core.residents[key]?.load = Task.detached { await self.load(reference) }
            case .cancelLoad(let key):
                guard let load = core.residents[key]?.load else { continue }
                effects.append { load.cancel() }
            case .unload(let key):
                guard let reference = core.residents[key]?.reference, let model = core.residents[key]?.model else { continue }
                let grace = core.grace ?? Self.tail
                Task.detached {
                    await model.close(grace: grace)
                    self.tell(.unloaded(reference))
                    self.apply { core, _ in
                        core.residents[key]?.model = nil
                        return core.state.unloaded(key)
                    }
                }
            case .grant(let ticket, let key):
                guard let waiter = core.waiters.removeValue(forKey: ticket), let model = core.residents[key]?.model else { continue }
                effects.append { waiter.answer.settle(.success(self.makeLease(model, waiter))) }
            case .refuse(let ticket, let refusal):
                guard let waiter = core.waiters.removeValue(forKey: ticket) else { continue }
                let error = refusal.error(waiter.reference, failure)
                effects.append { waiter.answer.settle(.failure(error)) }
            }
        }
        for one in core.tidy() { effects.append { one.settle(.success(())) } }
        if let late = self.setAlarm(&core) { effects.append { late.cancel() } }
        return effects
    }

    private func makeLease(_ model: AsyncModel, _ waiter: RegistryCore.Waiter) -> ModelLease {
        let begin = self.clock.now()
        let key = waiter.reference.key
        return ModelLease(model, waiter.reference, loadTime: waiter.foundIt ? .zero : begin - waiter.asked) { [weak self] in
            self?.apply { core, now in core.state.release(key, held: now - begin, now: now) }
        }
    }

    /// An alarm that is set too early is left: it sets the next one when it rings.
    ///
    /// - Returns: The alarm that is not needed any more.
    private func setAlarm(_ core: inout RegistryCore) -> Task<Void, Never>? {
        guard let next = core.state.nextEvent else { return nil }
        if let alarm = core.alarm, alarm.time <= next { return nil }
        // Clocks cannot count as far as some models are kept.
        let time = min(next, self.clock.now() + .seconds(86_400))
        let task = Task.detached { [weak self, clock] in
            guard (try? await clock.sleep(time)) != nil else { return }
            self?.ring()
        }
        defer { core.alarm = (time, task) }
        return core.alarm?.task
    }

    private func ring() {
        self.apply { core, now in
            core.alarm = nil
            return core.state.advance(to: now)
        }
    }
}
