public import InferenceCore

/// Runs a trace through the scheduler on a machine that exists as a profile, in virtual time: hours of traffic take seconds.
///
/// ```swift
/// let trace = TraceGenerator.mixed.trace(seed: 1, rate: 2, duration: .seconds(3_600))
/// let report = Simulation(trace, on: .cpu2, limits: SchedulerLimits(parallel: 16)).run()
/// ```
///
/// The same trace, profile, limits and seed give the same report.
public struct Simulation: Sendable {
    private enum Event: Sendable {
        case arrival(TraceEntry)
        case cancel(RequestID)
    }

    /// More steps than that which compute nothing, one after the other: nothing will come of it any more.
    private static let patience = 10_000

    private let trace: Trace
    private var scheduler: Scheduler
    private var machine: SimulatedMachine
    private var now: Duration = .zero
    /// The first entry of the trace that is still to come.
    private var next = 0
    private var timetable = Timetable<Event>()
    private var turns = Turns()
    private var lastID: UInt64 = 0
    private var tally = Tally()

    /// - Parameters:
    ///   - shape: What steps keep to.
    ///   - seed: For the variation of the time of steps, where the profile has any.
    public init(
        _ trace: Trace,
        on profile: MachineProfile,
        limits: SchedulerLimits,
        policy: PrefillPolicy = PrefillPolicy(),
        shape: StepShape = .any,
        seed: UInt64 = 0
    ) {
        self.trace = trace
        self.scheduler = Scheduler(limits: limits, prefillPolicy: policy)
        self.scheduler.restrict(to: shape)
        self.machine = SimulatedMachine(profile, seed: seed)
    }

    /// Runs until every request has ended.
    public func run() -> SimulationReport {
        var simulation = self
        while simulation.step() {}
        return simulation.tally.report(simulation.machine.work)
    }

    /// - Returns: Whether anything is left to do.
    private mutating func step() -> Bool {
        self.takeDue()
        let (plan, actions) = self.scheduler.plan(now: self.now)
        self.take(actions)
        guard let plan else {
            guard let next = [self.nextArrival, self.timetable.next, self.nextAlarm].compactMap(\.self).min() else { return false }
            self.now = max(self.now, next)
            return true
        }
        let (outcome, end) = self.machine.perform(plan, now: self.now)
        self.now = end
        self.tally.sampled(outcome.samples, now: end)
        self.take(self.scheduler.commit(outcome, now: end))
        self.tally.stepped(running: self.scheduler.runningCount, didCompute: plan.hasRows)
        return self.tally.idleSteps < Self.patience
    }

    private var nextArrival: Duration? {
        self.trace.entries.indices.contains(self.next) ? self.trace.entries[self.next].arrival : nil
    }

    /// An alarm that is over would be asked for again and again.
    private var nextAlarm: Duration? {
        self.scheduler.nextAlarm.flatMap { $0 > self.now ? $0 : nil }
    }

    /// What has come up to now, in the order in which it came.
    private mutating func takeDue() {
        while let time = [self.nextArrival, self.timetable.next].compactMap(\.self).min(), time <= self.now {
            if let arrival = self.nextArrival, arrival == time {
                let entry = self.trace.entries[self.next]
                self.next += 1
                if let begin = self.turns.begin(entry) { self.timetable.note(.arrival(entry), at: max(entry.arrival, begin)) }
            } else if let event = self.timetable.pop(until: time) {
                switch event {
                case .arrival(let entry): self.add(entry, at: time)
                case .cancel(let id): self.take(self.scheduler.cancel(id, now: self.now))
                }
            }
        }
    }

    private mutating func add(_ entry: TraceEntry, at time: Duration) {
        self.lastID += 1
        let id = RequestID(self.lastID)
        let request = GenerationRequest(
            id: id,
            context: ContextID(entry.context),
            prompt: entry.tokens,
            maxTokens: entry.maxTokens,
            contextSize: entry.contextSize,
            priority: entry.priority,
            deadline: entry.deadline.map { time + $0 },
            isStrict: entry.isStrict
        )
        self.tally.arrived(id, entry, at: time)
        self.machine.begin(id, answerTokens: entry.answerTokens)
        if let cancel = entry.cancel { self.timetable.note(.cancel(id), at: time + cancel) }
        // A request is handed in between two steps, however long ago it came.
        self.take(self.scheduler.add(request, now: time))
    }

    private mutating func take(_ actions: [EngineAction]) {
        for action in actions {
            guard let entry = self.tally.take(action, now: self.now) else { continue }
            self.machine.end(action.request)
            if let turn = self.turns.end(entry, now: self.now) {
                self.timetable.note(.arrival(turn.entry), at: max(turn.entry.arrival, turn.begin))
            }
        }
    }
}
