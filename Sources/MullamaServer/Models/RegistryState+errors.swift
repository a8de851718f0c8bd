import Mullama

extension RegistryState.Refusal {
    /// What a call that wants the model is told.
    ///
    /// - Parameter failure: What the load has failed with, if it has.
    func error(_ model: ModelReference, _ failure: (any Error)?) -> any Error {
        switch self {
        case .cancelled:
            return CancellationError()
        case .closed:
            return MullamaError(.modelClosed, "the server is shutting down, and loads no model any more: call again when it is back")
        case .loadFailed:
            return failure ?? MullamaError(.engineFailed, "\(model.name) could not be loaded: call again")
        case .tooLarge(let need, let budget):
            var error = MullamaError(
                .outOfMemory,
                "\(model.name) takes \(ByteCount(need)) with one context, and all models together may take \(ByteCount(budget)): "
                    + "serve it with a smaller context or a larger memory budget, or use a smaller model or quantization"
            )
            error.isPermanent = true
            return error
        case .overloaded(let shortage):
            let models = shortage.count == 1 ? "1 other model takes" : "\(shortage.count) other models take"
            let seconds = max(1, Int((shortage.retryAfter / .seconds(1)).rounded(.up)))
            return MullamaError(
                .overloaded,
                "\(model.name) takes \(ByteCount(shortage.need)), and \(models) \(ByteCount(shortage.taken)) of the "
                    + "\(ByteCount(shortage.budget)) that there are for models; none was let go of in time: call again in \(seconds) s, "
                    + "or serve with a larger memory budget",
                retryAfter: shortage.retryAfter
            )
        }
    }
}
