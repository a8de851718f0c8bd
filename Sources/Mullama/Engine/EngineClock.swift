/// The time since an engine's start. Tests put a clock of their own in its place.
package struct EngineClock: Sendable {
    package let now: @Sendable () -> Duration
    package let sleep: @Sendable (_ until: Duration) async throws -> Void

    package init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let start = clock.now
        self.now = { start.duration(to: clock.now) }
        self.sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }
}
