package import InferenceCore
import Metrics

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

    init(model: String, in factory: any MetricsFactory) {
        self.timeToFirstToken = ServerMetrics.timeToFirstToken.timer(model, in: factory)
        self.interToken = ServerMetrics.interToken.timer(model, in: factory)
        self.queueTime = ServerMetrics.queueTime.timer(model, in: factory)
        self.duration = ServerMetrics.duration.timer(model, in: factory)
        self.cancelLatency = ServerMetrics.cancelLatency.timer(model, in: factory)
        self.promptTokens = ServerMetrics.promptTokens.counter(model, in: factory)
        self.cachedTokens = ServerMetrics.cachedTokens.counter(model, in: factory)
        self.completionTokens = ServerMetrics.completionTokens.counter(model, in: factory)
        self.ends = Dictionary(
            uniqueKeysWithValues: FinishReason.allCases.map {
                ($0, ServerMetrics.generations.counter(model, $0.rawValue, in: factory))
            }
        )
    }

    /// A request was begun by the engine.
    package func begun(after wait: Duration) {
        self.queueTime.record(duration: wait)
    }

    /// The first token of an answer is there.
    package func firstToken(after time: Duration) {
        self.timeToFirstToken.record(duration: time)
    }

    /// One more token of an answer is there.
    package func nextToken(after gap: Duration) {
        self.interToken.record(duration: gap)
    }

    /// A slot that a cancelled request had is free.
    package func cancelled(after time: Duration) {
        self.cancelLatency.record(duration: time)
    }

    /// A generation has ended, in whatever way.
    ///
    /// - Parameter time: Since the request came.
    package func ended(_ reason: FinishReason, usage: Usage, after time: Duration) {
        self.ends[reason]?.increment()
        self.promptTokens.increment(by: usage.promptTokens)
        self.cachedTokens.increment(by: usage.cachedTokens)
        self.completionTokens.increment(by: usage.completionTokens)
        switch reason {
        case .stop, .stopSequence, .length: self.duration.record(duration: time)
        case .cancelled, .deadline, .failed: break
        }
    }
}
