package import InferenceCore

/// Work that an engine does when it has had nothing else to do for some time.
package protocol IdleWork: AnyObject, Sendable {
    /// Does a piece of it. Called on the engine's thread, one call at a time.
    func advance() -> IdleProgress
    /// Breaks off the piece that is being done, since there is something else to do. May come from any thread, at any time.
    func interrupt()
}

package enum IdleProgress: Sendable, Equatable {
    /// There is more to do.
    case more
    /// It is done. Later steps keep to the shape; nil: nothing changes for them.
    case done(StepShape?)
}
