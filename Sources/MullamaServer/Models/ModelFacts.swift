import ModelStore

/// What the header of a model's file says about it.
package struct ModelFacts: Sendable, Hashable {
    /// The family of networks, such as "llama".
    package var architecture: String?
    /// How the weights are stored, such as "Q4_1".
    package var quantization: String?
    package var parameterCount: Int
    /// Tokens of context that it was trained on.
    package var trainingContextSize: Int?
    package var embeddingLength: Int?
    package var layerCount: Int?
    package var vocabularySize: Int?

    init(_ header: GGUFHeader) {
        self.architecture = header.architecture
        self.quantization = header.fileType?.description ?? header.dominantTensorType?.description
        self.parameterCount = header.parameterCount
        self.trainingContextSize = header.trainingContextSize
        self.embeddingLength = header.embeddingLength
        self.layerCount = header.layerCount
        self.vocabularySize = header.vocabularySize
    }
}
