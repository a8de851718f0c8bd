import CLlama
import Foundation
import InferenceCore
import Logging
import ModelStore

/// The way from a name or path to a running model.
struct ModelLoader: Sendable {
    /// All models of the process, so that several of one file share its weights.
    private static let loads = SharedLoads<WeightsKey, ModelWeights>()

    let params: ModelParams
    private let store: TuningStore
    private let onProgress: (@Sendable (Double) -> Void)?

    /// - Parameter store: Where measured settings are remembered.
    init(_ params: ModelParams, store: TuningStore = TuningStore(), onProgress: (@Sendable (Double) -> Void)?) {
        self.params = params
        self.store = store
        self.onProgress = onProgress
    }

    func load(_ nameOrPath: String) async throws -> AsyncModel {
        try Task.checkCancellation()
        try self.params.validate()
        let opened = try await self.open(nameOrPath)
        return try await self.run(opened.weights, opened.header, opened.record, name: opened.name)
    }

    /// The weights in memory, and what was measured for them.
    func open(
        _ nameOrPath: String
    ) async throws -> (weights: ModelWeights, header: GGUFHeader, record: TuningRecord?, name: String?) {
        let (resolved, header, key, record) = try await InferenceThread.performOnce(name: "mullama-load") { [params, store] in
            do throws(ModelStoreError) {
                let resolved = try ModelStore(root: ModelStore.defaultRoot).resolve(nameOrPath)
                let header = try GGUFHeader(contentsOf: resolved.url)
                var record = params.tuning == .remembered ? store.record(for: resolved.url, header, params) : nil
                // What was chosen for speed alone is not for who asks for the same answer.
                if params.reproducibility == .strict, record?.keepsAnswers == false { record = nil }
                return (resolved, header, WeightsKey(resolved.url, params), record)
            } catch {
                throw MullamaError(error)
            }
        }
        try self.check(header)
        let weights = try await Self.loads.value(for: key, onProgress: self.onProgress) { [params] isCancelled, onProgress in
            ModelWeights(try LlamaModel(path: resolved.url.path, params, isCancelled: isCancelled, onProgress: onProgress))
        }
        try self.check(weights, header)
        return (weights, header, record, resolved.name?.description)
    }

    /// How long memory is kept that nothing needs. What is in it is parked then, and is back in milliseconds.
    private static let shrinkAfter = Duration.seconds(30)

    private func run(
        _ weights: ModelWeights,
        _ header: GGUFHeader,
        _ record: TuningRecord?,
        name: String?
    ) async throws -> AsyncModel {
        let (settings, origin) = EngineSettings.inForce(self.params, record)
        let budget = CacheBudget(
            bytesPerToken: header.cacheBytesPerToken(settings.cacheType),
            limit: self.params.cacheMemory,
            parallel: self.params.parallel,
            compute: ComputeCost(header, settings)
        )
        let account = MemoryAccount(budget)
        let isEncoder = try await weights.isEncoder(header)
        let limits = SchedulerLimits(
            canGenerate: !isEncoder,
            parallel: self.params.parallel,
            firstSlots: 1,
            shrinkAfter: Self.shrinkAfter,
            cells: budget.cells,
            queueLimit: self.params.queueLimit,
            waitLimit: self.params.waitLimit,
            canTrim: !weights.hasState,
            canTrimMoved: !weights.hasWindow,
            window: weights.window,
            canShift: !weights.hasState,
            parkedTokens: budget.parkedTokens(self.params.parkedMemory)
        )
        let policy = PrefillPolicy(maxStall: self.params.maxStall, share: self.params.prefillShare, largestChunk: settings.microBatch)
        let abort = AbortSignal()
        let recipe = ContextRecipe(
            weights: weights,
            settings: settings,
            rows: max(settings.microBatch, self.params.parallel),
            abort: abort
        )
        let vocabulary = Vocabulary(weights)
        let templates = ModelTemplates(header, text: vocabulary.name)
        if templates.all[0].isFallback {
            LlamaLog.shared.note("\(header.url.path) has no chat template: conversations go to the model in ChatML")
        }
        let check =
            isEncoder ? nil : try await self.check(recipe, header, bytesPerToken: budget.bytesPerToken, vocabularySize: vocabulary.size)
        let embedding = EmbeddingSupport(weights, header, settings, isWhole: isEncoder) {
            check?.status.report?.prefillChunk ?? PrefillBlocks.size
        }
        let host = ModelHost(
            text: vocabulary,
            identity: ModelIdentity(header.url, header, self.params, settings),
            scheduler: Scheduler(limits: limits, prefillPolicy: policy),
            clock: EngineClock(ContinuousClock()),
            reusesPrefixes: limits.canTrim,
            abort: abort,
            shape: check?.status.shape ?? .any,
            idleWork: check?.isNeeded ?? false ? check : nil,
            embedding: embedding
        ) {
            LlamaBackend(recipe, vocabulary: vocabulary, account: account)
        }
        var info = ModelInfo(weights, header, name: name, settings, origin)
        info.canGenerate = limits.canGenerate
        info.canEmbed = embedding.refusal == nil
        LlamaLog.shared.note(.info, "loaded \(info.name): \(settings) (\(origin))")
        return AsyncModel(
            info: info,
            contextSize: header.contextSize(self.params.contextSize),
            account: account,
            host: host,
            templates: templates,
            reproducibility: { check?.status ?? .encoder }
        )
    }

    private func check(_ header: GGUFHeader) throws(MullamaError) {
        try header.check(self.params.cacheType)
        guard header.kind == "model" else {
            throw MullamaError(.unsupportedModel, "\(header.url.path) holds a \(header.kind), not a model: name the model's own file")
        }
        guard header.splitIndex == 0 else {
            throw MullamaError(
                .invalidModelFile,
                "\(header.url.path) is part \(header.splitIndex + 1) of \(header.splitCount) of a model: name the first part"
            )
        }
        if !self.params.useMemoryMap, let available = MemoryLedger.shared.left(), header.weightsInMemory > available {
            throw MullamaError(
                .outOfMemory,
                "the weights take \(ByteCount(header.weightsInMemory)) and \(ByteCount(available)) of memory are available: "
                    + "map the file instead, or use a smaller model or quantization"
            )
        }
    }

    private func check(_ weights: ModelWeights, _ header: GGUFHeader) throws(MullamaError) {
        let model = weights.pointer
        guard llama_model_has_decoder(model), !llama_model_has_encoder(model), !llama_model_is_diffusion(model) else {
            throw MullamaError(
                .unsupportedModel,
                "\(header.url.path) (\(header.architecture ?? "unknown")) does not generate text token by token: use a decoder model"
            )
        }
        guard llama_vocab_n_tokens(llama_model_get_vocab(model)) > 0 else {
            throw MullamaError(.unsupportedModel, "\(header.url.path) has no vocabulary: use a model file that brings one")
        }
    }
}

extension ModelInfo {
    fileprivate init(
        _ weights: ModelWeights,
        _ header: GGUFHeader,
        name: String?,
        _ settings: EngineSettings,
        _ origin: SettingsOrigin
    ) {
        let model = weights.pointer
        self.init(
            name: name ?? header.name ?? header.url.deletingPathExtension().lastPathComponent,
            architecture: header.architecture ?? "unknown",
            quantization: String(cString: llama_ftype_name(llama_model_ftype(model))),
            parameterCount: Int(clamping: llama_model_n_params(model)),
            vocabularySize: Int(llama_vocab_n_tokens(llama_model_get_vocab(model))),
            embeddingLength: Int(llama_model_n_embd(model)),
            layerCount: Int(llama_model_n_layer(model)),
            headCount: Int(llama_model_n_head(model)),
            trainingContextSize: Int(llama_model_n_ctx_train(model)),
            sizeInBytes: Int(clamping: llama_model_size(model)),
            settings: settings,
            settingsOrigin: origin
        )
    }
}
