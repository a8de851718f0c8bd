package import Foundation
package import Mullama

/// A model that is in memory, or on its way in or out.
package struct LoadedModel: Sendable {
    package enum State: Sendable {
        /// - Parameter progress: The part that is loaded, 0 to 1.
        case loading(progress: Double)
        case ready(AsyncModel)
        case unloading
    }

    /// By the name that it was loaded under.
    package var reference: ModelReference
    package var state: State
    /// Leases that are out.
    package var users: Int
    /// When the last lease began or ended.
    package var lastUsed: Date
    package var keepAlive: KeepAlive
    /// When it is unloaded if nobody asks for it; nil for never.
    package var expires: Date?
    /// How long its load took.
    package var loadTime: Duration
    /// Bytes that it counts with in the memory budget: weights, buffers and the cache of one context.
    package var memory: Int

    package var model: AsyncModel? {
        if case .ready(let model) = self.state { model } else { nil }
    }
}
