/// What all operations share.
struct ServerState: Sendable {
    let settings: ServerSettings
    let models: ModelRegistry
    let requests = RequestLog()

    var inference: Inference { Inference(models: self.models, requests: self.requests) }
}
