import Mullama

/// What a request asks to be made into vectors, whatever API it came through.
struct EmbeddingRequest: Sendable {
    /// Nil for the server's default.
    var model: String?
    var inputs: EmbeddingInputs
    var options = EmbeddingOptions()
    /// How long the model stays loaded afterwards; nil for what the server does.
    var keepAlive: KeepAlive?

    init(model: String?, inputs: EmbeddingInputs) {
        self.model = model
        self.inputs = inputs
    }
}

/// Texts, all of them written in the same way.
enum EmbeddingInputs: Sendable, Hashable {
    case texts([String])
    case tokens([[Token]])

    var count: Int {
        switch self {
        case .texts(let texts): texts.count
        case .tokens(let lists): lists.count
        }
    }
}
