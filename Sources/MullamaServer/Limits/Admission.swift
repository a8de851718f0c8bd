import Mullama
import Synchronization

/// Lets requests begin as long as there is room for them: the lock around ``AdmissionState``.
final class Admission: Sendable {
    private let state: Mutex<AdmissionState>
    private let clock: EngineClock

    init(_ limits: AdmissionLimits, clock: any Clock<Duration> = ContinuousClock()) {
        self.state = Mutex(AdmissionState(limits: limits))
        self.clock = EngineClock(clock)
    }

    /// Whether the server is shutting down.
    var isDraining: Bool { self.state.withLock { $0.isDraining } }

    /// Answers that run or wait, of all models.
    var total: Int { self.state.withLock { $0.total } }

    /// Refuses all that come from now on.
    func drain() {
        self.state.withLock { $0.drain() }
    }

    /// Admits a request, or says at once why not. Waits for nothing.
    ///
    /// - Parameters:
    ///   - answers: How many it asks for: its choices, of each of its prompts.
    ///   - key: The name of the key that it came with.
    /// - Returns: What has to be kept as long as any of the answers is on its way.
    /// - Throws: ``APIError`` with 429 or 503, and the time after which to come again.
    func admit(_ model: ModelReference, answers: Int, key: String?) throws(APIError) -> AdmissionTicket {
        let now = self.clock.now()
        let refusal = self.state.withLock { $0.begin(model.key, answers: answers, key: key, now: now) }
        if let refusal { throw refusal.error(model.name) }
        return AdmissionTicket { [self] in
            let now = self.clock.now()
            self.state.withLock { $0.end(model.key, answers: answers, key: key, now: now) }
        }
    }
}
