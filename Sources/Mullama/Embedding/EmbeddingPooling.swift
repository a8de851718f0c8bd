import Foundation
import ModelStore

/// Which of a text's tokens stand for the text.
enum EmbeddingPooling: Sendable, Hashable {
    /// All, each as much as the others.
    case mean
    /// The first, which looks at all others in models that were trained so (CLS).
    case first
    /// The last, which has seen all others.
    case last

    /// What the model's file asks for. Models that were made to generate say nothing: the mean of all tokens is what serves best then.
    ///
    /// - Throws: If the model was not made for vectors of texts.
    init(_ header: GGUFHeader) throws(MullamaError) {
        switch header.fact("pooling_type")?.int {
        case nil, 0, 1: self = .mean
        case 2: self = .first
        case 3: self = .last
        case 4:
            throw MullamaError(
                .unsupportedModel,
                "\(header.url.lastPathComponent) is a reranker: it scores pairs of texts and has no embeddings; use an embedding model"
            )
        case let other?:
            throw MullamaError(
                .unsupportedModel,
                "\(header.url.lastPathComponent) pools its embeddings in a way that is not known here (\(other)): use another embedding model"
            )
        }
    }
}
