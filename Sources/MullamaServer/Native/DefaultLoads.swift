/// What has become of the loads of a server's default model.
struct DefaultLoads: Sendable {
    /// For so long a load that failed speaks against its model. Then the model counts as one that can be loaded, so that who balances loads sends
    /// a request that tries it again.
    static let failureTime = Duration.seconds(30)

    /// Whether a first load has ended, well or not.
    private(set) var hasStarted = false
    private var failure: (key: ModelKey, time: ContinuousClock.Instant)?

    /// A model was loaded, or could not be.
    ///
    /// - Parameter standard: The default model as it is now. The first one may have been replaced under its name while it was loaded.
    mutating func take(_ event: ModelEvent, default standard: ModelReference, now: ContinuousClock.Instant) {
        func isMeant(_ reference: ModelReference) -> Bool { reference.key == standard.key || reference.name == standard.name }
        switch event {
        case .loaded(let reference, _, _) where isMeant(reference):
            self.hasStarted = true
            if self.failure?.key == reference.key { self.failure = nil }
        case .failed(let reference) where isMeant(reference):
            self.hasStarted = true
            self.failure = (reference.key, now)
        default: break
        }
    }

    /// Whether the last load of that model failed, not long ago.
    func hasFailed(_ key: ModelKey, now: ContinuousClock.Instant) -> Bool {
        guard let failure = self.failure, failure.key == key else { return false }
        return failure.time.duration(to: now) < Self.failureTime
    }
}
