/// Sees to it that those who generate keep a part of the time while prompts are computed.
///
/// `maxStall` bounds how long they stand still at a time, not how often: with a prompt's chunk in each step, a stream that takes 10 ms for a token
/// alone would have one in 100 ms for as long as prompts come. What prompts took beyond their share is therefore owed, and steps without prompts
/// make up for it.
struct PrefillShare: Sendable {
    /// How many seconds prompts may take for each second of decode batches.
    private let rate: Double
    /// Seconds of prompts that decode batches have not made up for yet.
    private var owed = 0.0

    /// - Parameter share: The part of the time that prompts may take while others generate; 1 or more sets no bound.
    init(_ share: Double) {
        self.rate = share < 1 ? share / (1 - share) : .infinity
    }

    var isOwing: Bool { self.owed > 0 }

    mutating func learn(_ outcome: StepOutcome, from plan: StepPlan) {
        // Where nobody generates, prompts take nothing from anybody.
        guard !plan.decode.isEmpty, self.rate < .infinity else {
            self.owed = 0
            return
        }
        let earned = (outcome.decodeTime?.seconds ?? 0) * self.rate
        self.owed = max(0, self.owed + (outcome.prefillTime?.seconds ?? 0) - earned)
    }
}
