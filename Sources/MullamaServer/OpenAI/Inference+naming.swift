import Mullama

extension Inference {
    /// Starts all answers of a request whose other fields were looked at before: what the engine refuses then is the prompt.
    ///
    /// - Parameter prompt: The field that it is in.
    func start(_ request: InferenceRequest, for context: ServerContext, naming prompt: String) async throws -> InferenceRun {
        do {
            return try await self.start(request, for: context)
        } catch let error as MullamaError where error.code == .contextWindowExceeded || error.code == .invalidRequest {
            var error = APIError(error)
            error.parameter = error.parameter ?? prompt
            throw error
        }
    }
}
