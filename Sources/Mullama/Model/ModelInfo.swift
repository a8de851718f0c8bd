/// What a model is.
public struct ModelInfo: Sendable, Hashable {
    /// The name in the model store that it was loaded by, else the one in its file, else the file's.
    public var name: String
    /// The family of networks, such as "llama".
    public var architecture: String
    /// How the weights are stored, such as "Q4_1".
    public var quantization: String
    public var parameterCount: Int
    /// Tokens that the model knows.
    public var vocabularySize: Int
    /// Width of the network.
    public var embeddingLength: Int
    public var layerCount: Int
    public var headCount: Int
    /// Tokens of context that the model was trained on.
    public var trainingContextSize: Int
    /// Bytes of the weights.
    public var sizeInBytes: Int
    /// Whether it generates. A model whose tokens all look at all others computes embeddings alone.
    public var canGenerate: Bool
    /// Whether it computes embeddings, as all do but rerankers and those that pool in a way that is not known here.
    public var canEmbed: Bool
    /// Whether its answers depend on what else runs. It is found out while the model has nothing to do, so a later reading may say more.
    public var reproducibility: ReproducibilityStatus
    /// How the engine computes it.
    public var settings: EngineSettings
    /// Where the settings come from.
    public var settingsOrigin: SettingsOrigin

    package init(
        name: String,
        architecture: String,
        quantization: String,
        parameterCount: Int,
        vocabularySize: Int,
        embeddingLength: Int,
        layerCount: Int,
        headCount: Int,
        trainingContextSize: Int,
        sizeInBytes: Int,
        canGenerate: Bool = true,
        canEmbed: Bool = true,
        reproducibility: ReproducibilityStatus = .unchecked,
        settings: EngineSettings = EngineSettings(threads: 1),
        settingsOrigin: SettingsOrigin = SettingsOrigin()
    ) {
        self.name = name
        self.architecture = architecture
        self.quantization = quantization
        self.parameterCount = parameterCount
        self.vocabularySize = vocabularySize
        self.embeddingLength = embeddingLength
        self.layerCount = layerCount
        self.headCount = headCount
        self.trainingContextSize = trainingContextSize
        self.sizeInBytes = sizeInBytes
        self.canGenerate = canGenerate
        self.canEmbed = canEmbed
        self.reproducibility = reproducibility
        self.settings = settings
        self.settingsOrigin = settingsOrigin
    }
}
