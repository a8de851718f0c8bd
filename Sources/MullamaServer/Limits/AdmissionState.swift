/// Which requests may begin, as a value. It knows what was admitted and has not ended, and nothing else: a refusal asks nobody.
struct AdmissionState {
    enum Refusal: Equatable {
        /// The server is shutting down.
        case draining
        /// So many answers can never be admitted together.
        case tooMany(answers: Int, limit: Int)
        case queueFull(running: Int, waiting: Int, limit: Int, wait: Duration?)
        case total(count: Int, limit: Int)
        case key(name: String, count: Int, limit: Int)
    }

    private struct Model {
        var answers = 0
        /// When an answer ended last, or the queue began; nil while nobody waits.
        var lastEnd: Duration?
        /// The time from one answer's end to the next, lately, while others waited.
        var interval: Duration?
    }

    let limits: AdmissionLimits
    private(set) var isDraining = false
    private(set) var total = 0
    private var models: [ModelKey: Model] = [:]
    private var keys: [String: Int] = [:]

    init(limits: AdmissionLimits) {
        self.limits = limits
    }

    /// Answers of a model that run or wait.
    func answers(of model: ModelKey) -> Int { self.models[model]?.answers ?? 0 }

    /// Refuses all that come from now on.
    mutating func drain() {
        self.isDraining = true
    }

    /// - Returns: Why the request may not begin; nil if it may, and then each call is followed by one of ``end(_:answers:key:now:)``.
    mutating func begin(_ model: ModelKey, answers: Int, key: String?, now: Duration) -> Refusal? {
        guard !self.isDraining else { return .draining }
        let most = min(self.limits.parallel + self.limits.queue, self.limits.total ?? .max, key == nil ? .max : self.limits.perKey ?? .max)
        guard answers <= most else { return .tooMany(answers: answers, limit: most) }
        var state = self.models[model] ?? Model()
        guard state.answers + answers <= self.limits.parallel + self.limits.queue else {
            let waiting = max(0, state.answers - self.limits.parallel)
            let wait = state.interval.map { $0 * (waiting + 1) }
            return .queueFull(running: state.answers - waiting, waiting: waiting, limit: self.limits.queue, wait: wait)
        }
        if let limit = self.limits.total, self.total + answers > limit { return .total(count: self.total, limit: limit) }
        if let key, let limit = self.limits.perKey, self.keys[key, default: 0] + answers > limit {
            return .key(name: key, count: self.keys[key, default: 0], limit: limit)
        }
        state.answers += answers
        if state.answers > self.limits.parallel { state.lastEnd = state.lastEnd ?? now }
        self.models[model] = state
        self.total += answers
        if let key { self.keys[key, default: 0] += answers }
        return nil
    }

    /// A request that was admitted is over.
    mutating func end(_ model: ModelKey, answers: Int, key: String?, now: Duration) {
        guard var state = self.models[model] else { return }
        if let last = state.lastEnd {
            let sample = (now - last) / answers
            state.interval = state.interval.map { $0 + (sample - $0) / 8 } ?? sample
        }
        state.answers -= answers
        state.lastEnd = state.answers > self.limits.parallel ? now : nil
        self.models[model] = state
        self.total -= answers
        guard let key, let count = self.keys[key] else { return }
        self.keys[key] = count > answers ? count - answers : nil
    }
}
