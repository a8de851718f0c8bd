import Mullama

extension Inference {
    /// Starts all answers of a request whose other fields were looked at before: what the engine refuses then is the prompt.
    ///
    /// - Parameter prompt: The field that it is in.
    func start(_ request: InferenceRequest, for context: ServerContext, naming prompt: String) async throws -> InferenceRun {
        try await APIError.naming(prompt) { try await self.start(request, for: context) }
    }
}

extension APIError {
    /// Has what the engine refuses name the field that it is in.
    static func naming<R>(_ field: String, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as MullamaError where [.contextWindowExceeded, .cacheExhausted, .invalidRequest].contains(error.code) {
            var error = APIError(error)
            error.parameter = error.parameter ?? field
            throw error
        }
    }
}
