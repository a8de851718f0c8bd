import Mullama

/// What `run` was asked to do, with all of its input read and checked.
struct AnswerJob: Sendable {
    enum Style: Sendable {
        /// Printed as it comes.
        case streamed
        /// Printed at its end.
        case whole
        case json
    }

    var model: String
    var params: ModelParams
    /// The socket of the daemon that answers; nil to answer in this process.
    var daemon: String?
    /// Sent as it is, instead of as a message in the model's chat template.
    var isRaw: Bool
    var system: String?
    var maxTokens: Int
    var options: GenerationOptions
    /// Whether the seed was asked for: in a chat, other answers than the first should not use the same one again.
    var hasFixedSeed: Bool
    var style: Style
    var wantsStats: Bool

    /// Calls `body` with what answers: loaded, or reached.
    func withSource(_ body: (any AnswerSource) async throws -> Void) async throws {
        if let daemon {
            try await DaemonClient.with(daemon) { try await body(DaemonModel(client: $0, modelName: self.model)) }
        } else {
            let (model, loadTime) = try await LoadedModel.load(self.model, self.params)
            try await body(LocalModel(model: model, loadTime: loadTime))
        }
    }

    /// A prompt as a chat.
    func messages(_ prompt: String) -> [ChatMessage] {
        (self.system.map { [ChatMessage(.system, $0)] } ?? []) + [ChatMessage(.user, prompt)]
    }

    static func reason(_ error: any Error) -> FinishReason {
        switch error {
        case let error as MullamaError: error.code == .timedOut ? .deadline : .failed
        case is CancellationError, is OutputError, DaemonError.cancelled: .cancelled
        default: .failed
        }
    }
}
