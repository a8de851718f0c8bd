/// For what shares the engine's thread with the steps.
extension Scheduler {
    /// Whether there are prompts that the next step would compute.
    package var hasPrompts: Bool {
        self.running.contains { self.sequences[$0]?.isPrefilling ?? false }
    }

    /// How long something else may take before the next step without prompts, so that nobody who is generating stands still for longer than the
    /// longest stall: nought as long as no decode batch was measured. Nil when nobody is generating.
    package var roomForOthers: Duration? {
        let depths = self.running.compactMap { self.decodeRow(of: $0)?.position }
        guard !depths.isEmpty else { return nil }
        // Half of it is left to what is moved for those who start in that step.
        let isMoving = !self.next(self.limits.parallel - self.running.count).isEmpty
        let stall = isMoving ? self.prefillPolicy.maxStall / 2 : self.prefillPolicy.maxStall
        return self.cost.secondsToDecode(depths: depths).map { max(.zero, stall - .seconds($0)) } ?? .zero
    }
}
