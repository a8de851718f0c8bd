package import InferenceCore

/// Carries plans out. It belongs to the engine, which calls it on its own thread, one call at a time, blocking.
package protocol DecodeBackend: AnyObject {
    /// Makes a request known before the first plan that names it.
    func begin(_ request: RequestID, sampler: any TokenSampler)
    /// Forgets a request that has ended.
    func end(_ request: RequestID)
    /// Carries out one step.
    func perform(_ plan: StepPlan) -> StepOutcome
    /// Tokens that the C library really has in a slot, for the check that the ledger is right.
    func committedLength(of slot: SlotID) -> Int
}
