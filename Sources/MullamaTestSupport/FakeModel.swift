import InferenceCore
package import Mullama

/// A model without weights, for tests of everything around it.
package struct FakeModel {
    package let model: AsyncModel
    package let control: FakeControl
    package let embeddings: FakeEmbeddings

    /// - Parameters:
    ///   - shape: What steps keep to.
    ///   - template: The chat template; nil for ChatML.
    ///   - beginning: The token that every text begins with.
    ///   - hasInfill: Whether it can write between two texts.
    ///   - clock: What deadlines are measured with.
    package init(
        _ control: FakeControl = FakeControl(),
        parallel: Int = 4,
        contextSize: Int = 512,
        cells: Int = .max,
        parkedTokens: Int = 0,
        queueLimit: Int? = nil,
        waitLimit: Duration? = nil,
        shape: StepShape = .any,
        fingerprint: String = "fake",
        template: String? = nil,
        embeddings: FakeEmbeddings = FakeEmbeddings(),
        beginning: Token? = nil,
        hasInfill: Bool = false,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        let host = ModelHost(
            text: ByteText(control, beginning: beginning, hasInfill: hasInfill),
            identity: ModelIdentity(architecture: "fake", cacheType: "f16", llamaVersion: "0") { fingerprint },
            scheduler: Scheduler(
                limits: SchedulerLimits(
                    parallel: parallel,
                    cells: cells,
                    queueLimit: queueLimit,
                    waitLimit: waitLimit,
                    parkedTokens: parkedTokens
                )
            ),
            clock: EngineClock(clock),
            shape: shape,
            embedding: EmbeddingSupport(width: FakeEmbeddings.width, contextSize: contextSize) { wake in
                FakeEmbedder(embeddings, wake: wake)
            }
        ) {
            FakeBackend(control)
        }
        self.model = AsyncModel(
            info: ModelInfo(
                name: "fake",
                architecture: "fake",
                quantization: "none",
                parameterCount: 0,
                vocabularySize: ByteText(hasInfill: hasInfill).size,
                embeddingLength: 1,
                layerCount: 1,
                headCount: 1,
                trainingContextSize: contextSize,
                sizeInBytes: 0
            ),
            contextSize: contextSize,
            account: MemoryAccount(CacheBudget(bytesPerToken: 1, parallel: parallel)),
            host: host,
            templates: ModelTemplates(template)
        )
        self.control = control
        self.embeddings = embeddings
    }

    /// Waits until this many generations are on their way, and lets held steps run until one has a token for each of them. None is at its end before
    /// the last has come, however long that takes.
    package func decode(_ count: Int) async throws {
        try await waitWhile(self.model.generations.count < count)
        // Behind them on the text thread, so that the engine has them all.
        _ = try await self.model.tokenize("")
        await self.control.advance { $0.step?.decode.count == count }
    }
}
