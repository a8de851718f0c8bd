import Foundation
import Mullama

/// What a registry holds behind its lock: the state, and what its keys and tickets stand for.
struct RegistryCore {
    /// A model in memory, or on its way in or out.
    struct Resident {
        /// By the name that it was first asked for.
        let reference: ModelReference
        var load: Task<Void, Never>?
        /// The part that is loaded.
        var progress = 0.0
        var loadTime = Duration.zero
        /// Until it is unloaded.
        var model: AsyncModel?
        /// Those who wait for that.
        var leavers: [OneShot<Void>] = []
    }

    /// A call that wants a model.
    struct Waiter {
        let reference: ModelReference
        let asked: Duration
        let answer = OneShot<ModelLease>()
        /// Whether the model was there when it was asked for.
        var foundIt = false
    }

    var state: RegistryState
    var residents: [ModelKey: Resident] = [:]
    var waiters: [RegistryState.Ticket: Waiter] = [:]
    var alarm: (time: Duration, task: Task<Void, Never>)?
    /// How long those who use a model may go on when it is closed; nil until the registry is.
    var grace: Duration?
    /// Those who wait for the end of a close.
    var closers: [OneShot<Void>] = []
    var observer: ModelRegistry.Observer?

    init(state: RegistryState) {
        self.state = state
    }

    /// - Parameters:
    ///   - now: The registry's time.
    ///   - date: The same by the calendar.
    func snapshot(now: Duration, date: Date) -> [LoadedModel] {
        self.residents.compactMap { key, resident in
            self.state.entries[key].flatMap { LoadedModel($0, resident, now: now, date: date) }
        }
    }

    /// Forgets models that are gone.
    ///
    /// - Returns: Those who waited for that.
    mutating func tidy() -> [OneShot<Void>] {
        var told: [OneShot<Void>] = []
        for key in self.residents.keys where self.state.entries[key]?.phase != .unloading {
            told += self.residents[key]?.leavers ?? []
            self.residents[key]?.leavers = []
            if self.state.entries[key] == nil { self.residents[key] = nil }
        }
        if self.state.entries.isEmpty {
            told += self.closers
            self.closers = []
        }
        return told
    }
}
