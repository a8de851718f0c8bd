import Foundation
import InferenceCore
import ModelStore

@testable import Mullama

/// A real model whose logits are noted, with a cache that is short enough to be parked from, resized and shared.
struct ReplayModel {
    let model: AsyncModel
    let record = LogitsRecord()

    init(_ weights: ModelWeights, _ header: GGUFHeader, parallel: Int, shape: StepShape, parkedTokens: Int) {
        let account = MemoryAccount(
            CacheBudget(bytesPerToken: header.cacheBytesPerToken(.f16), parallel: parallel, compute: ComputeCost(header, .standard(.f16)))
        )
        let limits = SchedulerLimits(
            parallel: parallel,
            firstSlots: 1,
            shrinkAfter: .milliseconds(50),
            canTrim: !weights.hasState,
            canTrimMoved: !weights.hasWindow,
            window: weights.window,
            canShift: !weights.hasState,
            parkedTokens: parkedTokens
        )
        let abort = AbortSignal()
        let recipe = ContextRecipe(weights: weights, settings: .standard(.f16, threads: 2), rows: 256, abort: abort)
        let vocabulary = Vocabulary(weights)
        let host = ModelHost(
            text: RecordingVocabulary(vocabulary: vocabulary, record: self.record),
            identity: ModelIdentity(header.url, header, ModelParams(), .standard(.f16)),
            scheduler: Scheduler(limits: limits, prefillPolicy: PrefillPolicy(largestChunk: EngineSettings.defaultMicroBatch)),
            clock: EngineClock(ContinuousClock()),
            abort: abort,
            shape: shape
        ) {
            LlamaBackend(recipe, vocabulary: vocabulary, account: account)
        }
        self.model = AsyncModel(
            info: ModelInfo(
                name: "replay",
                architecture: header.architecture ?? "",
                quantization: "",
                parameterCount: 0,
                vocabularySize: vocabulary.size,
                embeddingLength: 0,
                layerCount: 0,
                headCount: 0,
                trainingContextSize: 2_048,
                sizeInBytes: 0
            ),
            contextSize: 2_048,
            account: account,
            host: host,
            templates: ModelTemplates(nil)
        )
    }

    static func weights(_ name: String) throws -> (ModelWeights, GGUFHeader) {
        let header = try GGUFHeader(contentsOf: try ModelStore().resolve(name).url)
        return (ModelWeights(try LlamaModel(path: header.url.path, ModelParams(), isCancelled: { false }, onProgress: { _ in })), header)
    }
}
