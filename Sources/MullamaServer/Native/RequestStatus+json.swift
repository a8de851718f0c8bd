import ChatTemplates
import Foundation
import Mullama

extension RequestStatus {
    /// One line of the list.
    var json: TemplateValue {
        var fields: TemplateDictionary = [
            "id": .string(self.request.id),
            "state": self.phase == .finished ? "finished" : "live",
            "route": .string(self.request.route),
            "model": .text(self.request.model?.name),
            "key": .text(self.request.keyName),
            "priority": .string("\(self.request.priority)"),
            "created": .integer(Int(self.request.received.timeIntervalSince1970)),
        ]
        let rest = self.phase == .finished ? self.finishedFields : self.liveFields
        for (name, value) in rest { fields[name] = value }
        if let embedding = self.request.embedding {
            fields["texts"] = .integer(embedding.texts)
            if self.phase == .finished { fields["embedding_ms"] = .milliseconds(embedding.duration) }
        }
        return .dictionary(fields)
    }

    /// The line, with each of the answers.
    ///
    /// - Parameter owner: The request whose answer a generation of a model is.
    func details(owner: (LoadID, UInt64) -> String?) -> TemplateValue {
        let model = self.request.model?.load
        guard case .dictionary(var fields) = self.json else { return self.json }
        fields["answers"] = .list(
            self.request.answers.map { answer in
                let live = self.answers.first { $0.id == answer.generation }
                guard case .dictionary(var fields)? = answer.record?.json ?? live?.json else { return ["phase": "sending"] }
                let delays = answer.record?.delays ?? live?.delays ?? GenerationDelays()
                let others = delays.queuedBehind.compactMap { number in model.flatMap { owner($0, number) } }
                fields["queued_behind"] = .list(others.map { .string($0) })
                for (name, value) in delays.fields { fields[name] = value }
                return .dictionary(fields)
            }
        )
        return .dictionary(fields)
    }

    private var liveFields: TemplateDictionary {
        [
            "phase": .string(self.phase.rawValue),
            "paused": .boolean(self.isPaused),
            "queue_position": .count(self.queuePosition),
            "estimated_wait_ms": .milliseconds(self.estimatedWait),
            "prompt_tokens": .integer(self.promptTokens),
            "prefilled_tokens": .integer(self.prefilledTokens),
            "completion_tokens": .integer(self.completionTokens),
            "age_ms": .milliseconds(self.age),
        ]
    }

    private var finishReason: FinishReason? {
        self.request.records.first?.finishReason ?? (self.request.embedding?.duration == nil ? nil : .stop)
    }

    private var finishedFields: TemplateDictionary {
        let usage = self.request.usage
        let timings = self.request.timings
        return [
            "status": .count(self.request.status),
            "finish_reason": .text(self.finishReason?.rawValue),
            "error": .text(self.request.error?.message),
            "prompt_tokens": .integer(usage.promptTokens),
            "cached_tokens": .integer(usage.cachedTokens),
            "completion_tokens": .integer(usage.completionTokens),
            "duration_ms": .milliseconds(self.age),
            "load_ms": .milliseconds(self.request.loadTime),
            "queue_ms": .milliseconds(timings?.queued),
            "prefill_ms": .milliseconds(timings?.prefill),
            "decode_ms": .milliseconds(timings?.decode),
            "cancel_latency_ms": .milliseconds(self.request.records.compactMap(\.cancelLatency).max()),
        ]
    }
}

extension GenerationStatus {
    fileprivate var json: TemplateValue {
        [
            "phase": .string(self.phase.rawValue),
            "paused": .boolean(self.isPaused),
            "queue_position": .count(self.queuePosition),
            "prompt_tokens": .integer(self.promptTokens),
            "prefilled_tokens": .integer(self.prefilledTokens),
            "completion_tokens": .integer(self.completionTokens),
        ]
    }
}

extension GenerationRecord {
    fileprivate var json: TemplateValue {
        [
            "finish_reason": .string(self.finishReason.rawValue),
            "error": .text(self.errorCode.map { "\($0)" }),
            "prompt_tokens": .integer(self.usage.promptTokens),
            "cached_tokens": .integer(self.usage.cachedTokens),
            "completion_tokens": .integer(self.usage.completionTokens),
            "dropped_tokens": .integer(self.usage.droppedTokens),
            "cache_miss": .text(self.cacheMiss.map { "\($0)" }),
            "queue_ms": .milliseconds(self.timings.queued),
            "prefill_ms": .milliseconds(self.timings.prefill),
            "decode_ms": .milliseconds(self.timings.decode),
            "cancel_latency_ms": .milliseconds(self.cancelLatency),
        ]
    }
}

extension GenerationDelays {
    fileprivate var fields: TemplateDictionary {
        [
            "queued_behind_count": .integer(self.queuedBehindCount),
            "prefill_chunks": .integer(self.prefillChunks),
            "longest_gap_ms": .milliseconds(self.longestGap),
            "paused_ms": .milliseconds(self.pausedTime),
            "suspended_ms": .milliseconds(self.suspendedTime),
        ]
    }
}

/// Null for what is not known.
extension TemplateValue {
    fileprivate static func text(_ text: String?) -> TemplateValue { text.map { .string($0) } ?? .none }
    fileprivate static func count(_ count: Int?) -> TemplateValue { count.map { .integer($0) } ?? .none }
    fileprivate static func milliseconds(_ time: Duration?) -> TemplateValue { time.map { .double($0.milliseconds) } ?? .none }
}
