import InferenceCore

/// Counts what becomes of the requests of a simulation.
struct Tally: Sendable {
    private struct Live: Sendable {
        let entry: TraceEntry
        let arrival: Duration
        var lastToken: Duration?
    }

    private var live: [RequestID: Live] = [:]
    private var groups: [String: GroupReport] = [:]
    private var report = SimulationReport()
    /// Steps that computed nothing since the last one that did.
    private(set) var idleSteps = 0

    mutating func arrived(_ id: RequestID, _ entry: TraceEntry, at time: Duration) {
        self.live[id] = Live(entry: entry, arrival: time)
        self.update(entry) {
            $0.requests += 1
            $0.promptTokens += entry.promptTokens
        }
    }

    mutating func stepped(running: Int, didCompute: Bool) {
        self.idleSteps = didCompute ? 0 : self.idleSteps + 1
        self.report.peakRunning = max(self.report.peakRunning, running)
        self.report.peakQueue = max(self.report.peakQueue, self.live.count - running)
    }

    mutating func sampled(_ samples: [StepOutcome.Sample], now: Duration) {
        for sample in samples {
            guard let request = self.live[sample.request] else { continue }
            self.live[sample.request]?.lastToken = now
            self.update(request.entry) {
                if let last = request.lastToken { $0.gaps.record(now - last) } else { $0.firstToken.record(now - request.arrival) }
            }
        }
    }

    /// - Returns: The request, if the action is its end.
    mutating func take(_ action: EngineAction, now: Duration) -> TraceEntry? {
        switch action {
        case .emit, .scored: nil
        case .finish(let id, let reason, let usage, let timings): self.ended(id, reason.rawValue, usage, timings, now: now)
        case .fail(let id, let fault, let usage, let timings): self.ended(id, fault.code.rawValue, usage, timings, now: now)
        }
    }

    private mutating func ended(_ id: RequestID, _ ending: String, _ usage: Usage, _ timings: Timings, now: Duration) -> TraceEntry? {
        guard let request = self.live.removeValue(forKey: id) else { return nil }
        let total = now - request.arrival
        self.report.duration = max(self.report.duration, now.inSeconds)
        self.update(request.entry) {
            $0.endings[ending, default: 0] += 1
            $0.cachedTokens += usage.cachedTokens
            $0.completionTokens += usage.completionTokens
            $0.queued.record(timings.queued)
            if ending == FinishReason.stop.rawValue || ending == FinishReason.length.rawValue { $0.total.record(total) }
            $0.contexts[request.entry.context, default: .init()].tokens += usage.completionTokens
            $0.contexts[request.entry.context, default: .init()].seconds += total.inSeconds
        }
        return request.entry
    }

    func report(_ work: SimulationReport.Work) -> SimulationReport {
        var report = self.report
        report.work = work
        report.unfinished = self.live.count
        report.groups = self.groups.values.sorted { $0.name < $1.name }
        for group in report.groups { report.all.add(group) }
        return report
    }

    private mutating func update(_ entry: TraceEntry, _ change: (inout GroupReport) -> Void) {
        let name = entry.group ?? "\(entry.priority)"
        change(&self.groups[name, default: GroupReport(name: name)])
    }
}

extension GroupReport {
    fileprivate mutating func add(_ other: GroupReport) {
        self.requests += other.requests
        self.endings.merge(other.endings, uniquingKeysWith: +)
        self.promptTokens += other.promptTokens
        self.cachedTokens += other.cachedTokens
        self.completionTokens += other.completionTokens
        self.queued.add(other.queued)
        self.firstToken.add(other.firstToken)
        self.gaps.add(other.gaps)
        self.total.add(other.total)
        self.contexts.merge(other.contexts) { Service(tokens: $0.tokens + $1.tokens, seconds: $0.seconds + $1.seconds) }
    }
}
