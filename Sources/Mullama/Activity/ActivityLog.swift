import InferenceCore
import Logging
import Synchronization

/// What a model is doing and has done, readable at any time: nobody who asks waits for the engine.
package final class ActivityLog: Sendable {
    /// Ended generations that are remembered.
    static let recordLimit = 1000

    fileprivate struct Live {
        var status: GenerationStatus
        var started: Duration
        /// How long its caller had waited before the call.
        var waited: Duration
        /// When the first step began that computed for it.
        var begun: Duration?
        var lastToken: Duration?
        var cacheMiss: CacheMiss?
        var delays = DelayTracker()
        /// The call's context, once the engine has the call.
        var context: ContextID?
        /// From the first token to the last.
        var decoding: Duration = .zero
        /// Who else counts this generation.
        var runtime: MetricsRecorder?
    }

    fileprivate struct State {
        var live: [RequestID: Live] = [:]
        /// A ring: `oldest` is where the next record goes once it is full.
        var records: [GenerationRecord] = []
        var oldest = 0
        /// How long generations had a slot lately.
        var slotTime: Duration?
        /// Those that had a slot after the last step.
        var holders: [RequestID] = []
        /// Calls that the engine has, by class.
        var handed = Array(repeating: 0, count: RequestPriority.allCases.count)
        var cache = CacheUse()
        var observer: Observer?
        /// Since when the engine has been at what it does; nil while it has nothing to do.
        var busySince: Duration?
    }

    /// A token that has come.
    private struct Arrival {
        /// The time since the token before, or since the call.
        var time: Duration
        var isFirst: Bool
        /// Before the call.
        var waited: Duration
        var runtime: MetricsRecorder?
    }

    /// Called on the engine's thread, the text thread, or that of a call which is refused at once: it must be done at once.
    package typealias Observer = @Sendable (GenerationEvent) -> Void

    package let loadID = LoadID()
    private let recorder = MetricsRecorder()
    private let clock: EngineClock
    private let parallel: Int
    private let state = Mutex(State())

    /// - Parameter parallel: The most generations that have a slot at the same time.
    package init(clock: EngineClock, parallel: Int) {
        self.clock = clock
        self.parallel = parallel
    }

    // MARK: Reading

    package var metrics: GenerationMetrics { self.recorder.metrics }

    /// Generations on their way, in the order of the calls.
    package var live: [GenerationStatus] {
        let now = self.clock.now()
        let (live, slotTime) = self.state.withLock { (Array($0.live.values), $0.slotTime) }
        var all = live.map { live in
            var status = live.status
            status.age = now - live.started
            status.delays = live.delays.delays(now: now)
            return status
        }
        all.sort { $0.id < $1.id }
        let queue = all.indices.filter { all[$0].phase == .queued }.sorted { lhs, rhs in
            (all[rhs].priority, all[lhs].id) < (all[lhs].priority, all[rhs].id)
        }
        let load = QueueLoad(requests: all.count, parallel: self.parallel, slotTime: slotTime)
        for (position, index) in queue.enumerated() {
            all[index].queuePosition = position
            all[index].estimatedWait = load.estimatedWait(position: position)
        }
        return all
    }

    /// Why no further call may wait; nil if it may. Those whose prompt is still being turned into tokens count as well.
    func reasonToRefuse(queueLimit: Int?) -> RequestFault? {
        guard let queueLimit else { return nil }
        let load = self.state.withLock { state -> QueueLoad? in
            guard state.live.count - self.parallel >= queueLimit else { return nil }
            let suspended = state.live.values.count { $0.status.phase == .suspended }
            return QueueLoad(requests: state.live.count - suspended, parallel: self.parallel, slotTime: state.slotTime)
        }
        return load?.reasonToRefuse(limit: queueLimit)
    }

    /// A generation among the last that ended.
    package func record(of id: UInt64) -> GenerationRecord? {
        self.state.withLock { $0.records.first { $0.id == id } }
    }

    /// The last generations that ended, the latest last.
    package var records: [GenerationRecord] {
        self.state.withLock { Array($0.records[$0.oldest...] + $0.records[..<$0.oldest]) }
    }

    /// How long the engine has been at what it does now; nil while it has nothing to do. A step takes milliseconds, or seconds where the cache is
    /// made anew: much more means that it hangs.
    package var busyTime: Duration? {
        let now = self.clock.now()
        return self.state.withLock { $0.busySince }.map { max(.zero, now - $0) }
    }

    /// What the cache held after the last step.
    package var cache: CacheUse { self.state.withLock { $0.cache } }

    /// Has the observer told what happens from now on, in the place of an earlier one.
    package func observe(_ observer: @escaping Observer) {
        self.state.withLock { $0.observer = observer }
    }

    // MARK: Writing

    /// The engine begins a step, or looks whether there is one.
    ///
    /// - Parameter cache: What the cache holds now.
    func beat(_ cache: CacheUse) {
        let now = self.clock.now()
        self.state.withLock { state in
            state.busySince = now
            state.cache = cache
        }
    }

    /// The engine has nothing to do.
    ///
    /// - Parameter cache: What the cache holds now.
    func rest(_ cache: CacheUse) {
        self.state.withLock { state in
            state.busySince = nil
            state.cache = cache
        }
    }

    /// - Parameter waited: How long the caller had waited before the call.
    func started(_ id: RequestID, priority: RequestPriority, waited: Duration = .zero, runtime: MetricsRecorder?) {
        let status = GenerationStatus(
            id: id.rawValue,
            phase: .tokenizing,
            priority: priority,
            age: .zero,
            isPaused: false,
            promptTokens: 0,
            prefilledTokens: 0,
            completionTokens: 0
        )
        let live = Live(status: status, started: self.clock.now(), waited: waited, runtime: runtime)
        self.state.withLock { $0.live[id] = live }
        self.recorder.started()
        runtime?.started()
    }

    func queued(_ request: GenerationRequest) {
        self.state.withLock { state in
            guard var live = state.live[request.id] else { return }
            live.status.phase = .queued
            live.status.promptTokens = request.prompt.count
            let others = state.others(before: request, parallel: self.parallel)
            live.delays.queued(behind: others.named.map(\.rawValue), count: others.count)
            live.context = request.context
            state.handed[request.priority.rawValue] += 1
            state.live[request.id] = live
        }
    }

    /// Parts of prompts are about to be computed.
    func computing(_ chunks: [StepPlan.PrefillChunk]) {
        guard !chunks.isEmpty else { return }
        let now = self.clock.now()
        self.state.withLock { state in
            for chunk in chunks {
                guard var live = state.live[chunk.request] else { continue }
                live.delays.computesChunk()
                live.begun = live.begun ?? now
                state.live[chunk.request] = live
            }
        }
    }

    /// Work on a call pauses for its reader, or goes on.
    func setPaused(_ id: RequestID, _ isPaused: Bool) {
        let now = self.clock.now()
        self.state.withLock { state in
            state.live[id]?.status.isPaused = isPaused
            state.live[id]?.delays.setPaused(isPaused, now: now)
        }
    }

    /// Notes why a prompt that is begun was not spared more.
    func missed(_ id: RequestID, _ miss: CacheMiss) {
        let status = self.state.withLock { state in
            state.live[id]?.cacheMiss = miss
            return state.live[id]?.status
        }
        let prompt = status.map { " of \($0.promptTokens) tokens" } ?? ""
        LlamaLog.shared.note(.debug, "\(id): the prompt\(prompt) is not all in the cache: \(miss)", ["request": "\(id.rawValue)"])
    }

    /// Notes how far the generations are that have begun.
    func advanced(_ progress: [SequenceProgress], slotTime: Duration?) {
        let (arrivals, observer) = self.state.withLock { state in
            state.slotTime = slotTime
            state.holders = progress.filter { !$0.isSuspended }.map(\.request)
            let arrivals = progress.compactMap { progress -> Arrival? in
                guard var live = state.live[progress.request] else { return nil }
                defer { state.live[progress.request] = live }
                live.status.phase = progress.isSuspended ? .suspended : progress.isPrefilling ? .prefill : .decode
                live.status.isPaused = progress.isPaused
                live.delays.suspended(for: progress.suspendedTime, since: progress.suspendedSince)
                live.status.prefilledTokens = progress.prefilled
                guard let token = progress.lastToken, progress.completionTokens > live.status.completionTokens else { return nil }
                live.status.completionTokens = progress.completionTokens
                let gap = live.lastToken.map { token - $0 }
                live.lastToken = token
                live.decoding += gap ?? .zero
                if let gap { live.delays.waited(forToken: gap) }
                return Arrival(time: gap ?? token - live.started, isFirst: gap == nil, waited: live.waited, runtime: live.runtime)
            }
            return (arrivals, state.observer)
        }
        for arrival in arrivals { self.tell(arrival, observer) }
    }

    private func tell(_ arrival: Arrival, _ observer: Observer?) {
        observer?(arrival.isFirst ? .firstToken(after: arrival.waited + arrival.time) : .nextToken(after: arrival.time))
        guard !arrival.isFirst else { return }
        self.recorder.tokenGap(arrival.time)
        arrival.runtime?.tokenGap(arrival.time)
    }

    func ended(_ id: RequestID, _ record: GenerationRecord) {
        let now = self.clock.now()
        let ended = self.state.withLock { state -> (Live, GenerationRecord, Observer?)? in
            guard var live = state.live.removeValue(forKey: id) else { return nil }
            if live.context != nil { state.handed[live.status.priority.rawValue] -= 1 }
            if live.lastToken != nil, record.usage.completionTokens > live.status.completionTokens {
                live.delays.waited(forToken: record.timings.decode - live.decoding)
            }
            live.delays.suspended(for: record.timings.suspended, since: nil)
            var record = record
            record.cacheMiss = live.cacheMiss
            record.delays = live.delays.delays(now: now)
            if state.records.count < Self.recordLimit {
                state.records.append(record)
            } else {
                state.records[state.oldest] = record
                state.oldest = (state.oldest + 1) % Self.recordLimit
            }
            return (live, record, state.observer)
        }
        guard let (live, record, observer) = ended else { return }
        if record.usage.completionTokens > live.status.completionTokens {
            let isFirst = live.lastToken == nil
            let time = isFirst ? record.timings.timeToFirstToken : record.timings.decode - live.decoding
            self.tell(Arrival(time: time, isFirst: isFirst, waited: live.waited, runtime: live.runtime), observer)
        }
        let age = now - live.started
        self.recorder.ended(record, age: age)
        live.runtime?.ended(record, age: age)
        let queued = (live.begun ?? now) - live.started
        observer?(.ended(record, queued: live.waited + queued, after: live.waited + age))
    }

    /// A call that ended before the engine saw it.
    func endedEarly(_ id: RequestID, _ reason: FinishReason, code: MullamaError.Code? = nil, usage: Usage = Usage()) {
        self.ended(id, GenerationRecord(id: id.rawValue, finishReason: reason, errorCode: code, usage: usage, timings: Timings()))
    }

    func restarted() {
        self.recorder.restarted()
    }
}

extension ActivityLog.State {
    /// Beyond so many calls on their way, only those that have a slot are named: who waits behind hundreds is not helped by their numbers.
    private static let mostSearched = 512

    /// Those that go before a call that comes now, in their order, and how many they are; none if it finds a slot free.
    fileprivate func others(before request: GenerationRequest, parallel: Int) -> (named: [RequestID], count: Int) {
        let holders = self.holders.filter { self.live[$0] != nil }
        let priority = request.priority
        let lower = holders.count { self.live[$0].map { $0.status.priority < priority } ?? false }
        let count = self.handed[priority.rawValue...].reduce(lower, +)
        guard self.live.count <= Self.mostSearched else { return count < parallel ? ([], 0) : (holders, count) }
        let queue = self.live.filter { id, live in live.context != nil && live.status.priority >= priority && !holders.contains(id) }
            .sorted { ($1.value.status.priority, $0.key) < ($0.value.status.priority, $1.key) }.map(\.key)
        let all = holders + queue
        // Of a context's calls one has a slot at most.
        if Set(all.compactMap { self.live[$0]?.context }).count >= parallel { return (all, all.count) }
        let own = all.filter { self.live[$0]?.context == request.context }
        return (own, own.count)
    }
}
