import InferenceCore
import Synchronization

/// Counts generations: those of a model, or those that were started on a runtime.
package final class MetricsRecorder: Sendable {
    private struct State {
        var counts = GenerationMetrics()
        var queueTime = LatencyRecorder()
        var timeToFirstToken = LatencyRecorder()
        var interToken = LatencyRecorder()
        var duration = LatencyRecorder()
        var cancel = LatencyRecorder()
    }

    private let state = Mutex(State())

    package init() {}

    package var metrics: GenerationMetrics {
        self.state.withLock { state in
            var metrics = state.counts
            metrics.queueTime = state.queueTime.summary
            metrics.timeToFirstToken = state.timeToFirstToken.summary
            metrics.interTokenLatency = state.interToken.summary
            metrics.duration = state.duration.summary
            metrics.cancelLatency = state.cancel.summary
            return metrics
        }
    }

    func started() {
        self.state.withLock { $0.counts.started += 1 }
    }

    func restarted() {
        self.state.withLock { $0.counts.engineRestarts += 1 }
    }

    func tokenGap(_ gap: Duration) {
        self.state.withLock { $0.interToken.record(gap) }
    }

    /// - Parameter age: How long the call took.
    func ended(_ record: GenerationRecord, age: Duration) {
        self.state.withLock { state in
            state.counts.finished[record.finishReason, default: 0] += 1
            state.counts.usage.promptTokens += record.usage.promptTokens
            state.counts.usage.cachedTokens += record.usage.cachedTokens
            state.counts.usage.completionTokens += record.usage.completionTokens
            state.counts.usage.droppedTokens += record.usage.droppedTokens
            if let latency = record.cancelLatency { state.cancel.record(latency) }
            if record.usage.completionTokens > 0 {
                state.queueTime.record(record.timings.queued)
                state.timeToFirstToken.record(record.timings.timeToFirstToken)
            }
            switch record.finishReason {
            case .stop, .stopSequence, .length: state.duration.record(age)
            case .cancelled, .deadline, .failed: break
            }
        }
    }
}
