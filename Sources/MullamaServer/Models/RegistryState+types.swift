import Mullama

extension RegistryState {
    /// Names a call that wants a model. Never used twice.
    struct Ticket: Hashable, Sendable {
        let number: UInt64
    }

    enum Action: Equatable {
        case load(ModelKey)
        /// Nobody wants the model any more. The load still has to be reported as loaded or failed.
        case cancelLoad(ModelKey)
        case unload(ModelKey)
        case grant(Ticket, ModelKey)
        case refuse(Ticket, Refusal)
    }

    enum Refusal: Equatable {
        case cancelled
        case closed
        case loadFailed
        case tooLarge(need: Int, budget: Int)
        case overloaded(Shortage)
    }

    /// Why a model could not be loaded in time.
    struct Shortage: Equatable {
        var need: Int
        var budget: Int
        /// Bytes of models that are in use, or on their way in or out.
        var taken: Int
        /// How many these are.
        var count: Int
        var retryAfter: Duration
    }

    enum Phase: Equatable {
        /// Not in memory; it waits for room.
        case queued
        case loading
        /// The load was given up and has not ended yet.
        case cancelling
        case ready
        case unloading
    }

    struct Entry {
        let need: Int
        var phase = Phase.queued
        var keepAlive: KeepAlive
        /// Calls that wait for the model, in their order.
        var waiting: [Ticket] = []
        var users = 0
        var lastUsed: Duration

        var isIdle: Bool { self.phase == .ready && self.users == 0 }

        /// When the model is to be unloaded; nil for never, and while it is used.
        var expiry: Duration? {
            guard self.isIdle, case .duration(let time) = self.keepAlive else { return nil }
            return self.lastUsed + time
        }
    }
}
