import InferenceCore
import Metrics
package import Mullama

/// The handles of one model.
package struct ModelMetrics: Sendable {
    private let timeToFirstToken: Timer
    private let interToken: Timer
    private let queueTime: Timer
    private let duration: Timer
    private let cancelLatency: Timer
    private let promptTokens: Counter
    private let cachedTokens: Counter
    private let completionTokens: Counter
    private let ends: [FinishReason: Counter]
    private let embeddedTexts: Counter
    private let embeddedTokens: Counter
    private let embeddingDuration: Timer

    init(model: String, in factory: any MetricsFactory) {
        self.timeToFirstToken = ServerMetrics.timeToFirstToken.timer(model, in: factory)
        self.interToken = ServerMetrics.interToken.timer(model, in: factory)
        self.queueTime = ServerMetrics.queueTime.timer(model, in: factory)
        self.duration = ServerMetrics.duration.timer(model, in: factory)
        self.cancelLatency = ServerMetrics.cancelLatency.timer(model, in: factory)
        self.promptTokens = ServerMetrics.promptTokens.counter(model, in: factory)
        self.cachedTokens = ServerMetrics.cachedTokens.counter(model, in: factory)
        self.completionTokens = ServerMetrics.completionTokens.counter(model, in: factory)
        self.embeddedTexts = ServerMetrics.embeddedTexts.counter(model, in: factory)
        self.embeddedTokens = ServerMetrics.embeddedTokens.counter(model, in: factory)
        self.embeddingDuration = ServerMetrics.embeddingDuration.timer(model, in: factory)
        self.ends = Dictionary(
            uniqueKeysWithValues: FinishReason.allCases.map {
                ($0, ServerMetrics.generations.counter(model, $0.rawValue, in: factory))
            }
        )
    }

    /// Counts what a generation does.
    package func take(_ event: GenerationEvent) {
        switch event {
        case .firstToken(let time): self.timeToFirstToken.record(duration: time)
        case .nextToken(let gap): self.interToken.record(duration: gap)
        case .ended(let record, let queued, let age): self.ended(record, queued: queued, after: age)
        }
    }

    /// Counts a request for embeddings that got them.
    ///
    /// - Parameter age: How long it took.
    package func embedded(texts: Int, tokens: Int, after age: Duration) {
        self.embeddedTexts.increment(by: texts)
        self.embeddedTokens.increment(by: tokens)
        self.embeddingDuration.record(duration: age)
    }

    private func ended(_ record: GenerationRecord, queued: Duration, after age: Duration) {
        self.ends[record.finishReason]?.increment()
        self.promptTokens.increment(by: record.usage.promptTokens)
        self.cachedTokens.increment(by: record.usage.cachedTokens)
        self.completionTokens.increment(by: record.usage.completionTokens)
        self.queueTime.record(duration: queued)
        if let latency = record.cancelLatency { self.cancelLatency.record(duration: latency) }
        switch record.finishReason {
        case .stop, .stopSequence, .length: self.duration.record(duration: age)
        case .cancelled, .deadline, .failed: break
        }
    }
}
