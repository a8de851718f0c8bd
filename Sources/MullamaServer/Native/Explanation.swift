import HTTPTypes
import Mullama

/// Why a request took the time that it took, or takes it, in plain text.
struct Explanation {
    /// Requests that are named where one waited for many.
    private static let namesShown = 5

    private let status: RequestStatus
    /// The request whose answer a generation is; nil where it is not known any more.
    private let owner: (_ model: LoadID, _ generation: UInt64) -> String?

    init(_ status: RequestStatus, owner: @escaping (_ model: LoadID, _ generation: UInt64) -> String?) {
        self.status = status
        self.owner = owner
    }

    /// Several lines, each with its end.
    var text: String {
        var lines = self.head
        let answers = self.status.request.answers
        for (index, answer) in answers.enumerated() {
            if answers.count > 1 { lines += ["", "Answer \(index + 1) of \(answers.count)"] }
            if let record = answer.record {
                lines += self.lines(record)
            } else if let live = self.status.answers.first(where: { $0.id == answer.generation }) {
                lines += self.lines(live)
            }
        }
        return lines.map { "\($0)\n" }.joined()
    }

    // MARK: The request

    private var head: [String] {
        let request = self.status.request
        let model = request.model.map { " · \($0.name)" } ?? ""
        let key = request.keyName.map { " · key \($0)" } ?? ""
        var lines = ["\(request.id) · \(request.route)\(model) · \(request.priority)\(key)", self.outcome, ""]
        if let time = request.loadTime {
            lines.append(Self.row("load", time, time == .zero ? "the model was in memory" : "the model had to be loaded first"))
        } else if self.status.phase == .loading {
            lines.append(Self.row("load", self.status.age, "its model is being loaded, or waits for memory that others have"))
        } else if request.answers.isEmpty {
            lines.append("It never got to its model.")
        }
        if let embedding = request.embedding { lines.append(self.line(embedding)) }
        return lines
    }

    private func line(_ embedding: EmbeddingWork) -> String {
        let texts = embedding.texts == 1 ? "1 text" : "\(embedding.texts) texts"
        if let time = embedding.duration, let tokens = embedding.tokens {
            return Self.row("embed", time, "\(texts), \(Self.tokens(tokens))\(Self.rate(tokens, time))")
        }
        return self.status.phase == .finished ? "  \(texts) had not all become vectors" : "  \(texts) on the way to vectors"
    }

    private var outcome: String {
        let request = self.status.request
        let age = TimeText.of(self.status.age)
        guard request.duration != nil else { return "On its way for \(age): \(self.status.phase.rawValue)." }
        if request.isLeft { return "The client left after \(age)." }
        if let error = request.error { return "Failed after \(age) with status \(error.status.code): \(error.message)" }
        let reasons = Set(request.records.map(\.finishReason.rawValue)).sorted().joined(separator: ", ")
        return "Took \(age)\(reasons.isEmpty ? "" : ", ended by \(reasons)")."
    }

    // MARK: An answer

    private func lines(_ record: GenerationRecord) -> [String] {
        let (timings, usage, delays) = (record.timings, record.usage, record.delays)
        let computed = usage.promptTokens - usage.cachedTokens
        var lines = [Self.row("queue", timings.queued, self.others(delays) ?? "it began at once")]
        if timings.prefill > .zero || usage.completionTokens > 0 {
            let parts = delays.prefillChunks > 1 ? ", in \(delays.prefillChunks) parts between those of others" : ""
            lines.append(
                Self.row(
                    "prefill",
                    timings.prefill,
                    "\(Self.tokens(usage.promptTokens)): \(usage.cachedTokens) found in the cache, \(computed) computed\(Self.rate(computed, timings.prefill))\(parts)"
                )
            )
        }
        if usage.completionTokens > 0 {
            // The first token comes with the end of the prompt.
            let rate = Self.rate(usage.completionTokens - 1, timings.decode)
            let gap = delays.longestGap > .zero ? ", the longest gap \(TimeText.of(delays.longestGap))" : ""
            lines.append(Self.row("decode", timings.decode, "\(Self.tokens(usage.completionTokens))\(rate)\(gap)"))
        }
        var notes: [String] = []
        if let share = Self.largest(timings, load: self.status.request.loadTime ?? .zero) { notes.append(share) }
        if let miss = record.cacheMiss { notes.append("Not more was found in the cache: \(miss).") }
        notes += Self.stops(delays)
        if usage.droppedTokens > 0 { notes.append("The context was full: \(Self.tokens(usage.droppedTokens)) of it were dropped.") }
        if let code = record.errorCode { notes.append("It failed: \(code).") }
        if let latency = record.cancelLatency { notes.append("After its end was asked for, its slot was free in \(TimeText.of(latency)).") }
        return lines + (notes.isEmpty ? [] : [""] + notes)
    }

    /// Whom it waited for; nil if it was nobody.
    private func others(_ delays: GenerationDelays) -> String? {
        guard delays.queuedBehindCount > 0 else { return nil }
        let model = self.status.request.model?.load
        var names: [String] = []
        for generation in delays.queuedBehind {
            guard let name = model.flatMap({ self.owner($0, generation) }), !names.contains(name) else { continue }
            names.append(name)
        }
        let count = delays.queuedBehindCount
        let shown = names.prefix(Self.namesShown).joined(separator: ", ")
        let more = names.count > Self.namesShown || delays.queuedBehind.count < count ? ", …" : ""
        return "behind \(count) \(count == 1 ? "other" : "others")\(names.isEmpty ? "" : ": \(shown)\(more)")"
    }

    /// What it stood still for after it had begun.
    private static func stops(_ delays: GenerationDelays) -> [String] {
        var stops: [String] = []
        if delays.pausedTime > .zero {
            stops.append("It paused for \(TimeText.of(delays.pausedTime)), since the client was behind with reading.")
        }
        if delays.suspendedTime > .zero {
            stops.append("Another request had its slot for \(TimeText.of(delays.suspendedTime)).")
        }
        return stops
    }

    private func lines(_ live: GenerationStatus) -> [String] {
        var lines = self.progress(live)
        if live.phase != .queued, let others = self.others(live.delays) { lines.append("  it waited for a slot \(others)") }
        return lines + Self.stops(live.delays).map { "  \($0)" }
    }

    private func progress(_ live: GenerationStatus) -> [String] {
        switch live.phase {
        case .tokenizing: return ["  its prompt is being turned into tokens"]
        case .queued:
            let place = live.queuePosition.map { $0 == 0 ? "next in the queue" : "\($0) before it in the queue" } ?? "queued"
            let wait = live.estimatedWait.map { ", about \(TimeText.of($0)) until it begins" } ?? ""
            return ["  \(place)\(wait)"] + (self.others(live.delays).map { ["  it came \($0)"] } ?? [])
        case .suspended: return ["  it gave its slot to another request, and waits to go on"]
        case .prefill: return ["  \(live.prefilledTokens) of \(Self.tokens(live.promptTokens)) of its prompt are computed"]
        case .decode:
            let pause = live.isPaused ? "; it pauses until the client has read what is there" : ""
            return ["  \(Self.tokens(live.completionTokens)) generated behind a prompt of \(live.promptTokens)\(pause)"]
        }
    }

    // MARK: Words

    /// The part that took most, if it took more than half.
    private static func largest(_ timings: Timings, load: Duration) -> String? {
        let parts = [
            ("loading the model", load), ("waiting for a slot", timings.queued), ("reading the prompt", timings.prefill),
            ("generating", timings.decode),
        ]
        let total = timings.total + load
        guard total >= .milliseconds(1), let most = parts.max(by: { $0.1 < $1.1 }) else { return nil }
        let share = Int((most.1 / total * 100).rounded())
        return share > 50 ? "Most of the time, \(share) %, went into \(most.0)." : nil
    }

    private static func row(_ name: String, _ time: Duration, _ words: String) -> String {
        let time = TimeText.of(time)
        let pad = String(repeating: " ", count: max(1, 19 - name.count - time.count))
        return "  \(name)\(pad)\(time)  \(words)"
    }

    private static func tokens(_ count: Int) -> String { count == 1 ? "1 token" : "\(count) tokens" }

    private static func rate(_ tokens: Int, _ time: Duration) -> String {
        guard tokens > 0, time > .zero else { return "" }
        let rate = Double(tokens) / (time / .seconds(1))
        return rate < 10 ? " at \((rate * 10).rounded() / 10)/s" : " at \(Int(rate.rounded()))/s"
    }
}
