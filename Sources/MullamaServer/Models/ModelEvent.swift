package import Mullama

/// What a registry does, told as it happens.
package enum ModelEvent: Sendable {
    /// Told before anybody gets the model.
    case loaded(ModelReference, AsyncModel, after: Duration)
    case failed(ModelReference)
    case unloaded(ModelReference)
}
