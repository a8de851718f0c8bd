package import InferenceCore

/// Carries plans out. It belongs to the engine, which calls it on its own thread, one call at a time, blocking.
package protocol DecodeBackend: AnyObject {
    /// Makes a request known before the first plan that names it.
    func begin(_ request: RequestID, sampler: any TokenSampler)
    /// Forgets a request that has ended.
    func end(_ request: RequestID)
    /// Carries out one step.
    func perform(_ plan: StepPlan) -> StepOutcome
    /// The state of a computed prefix, to be kept outside of the cache. A slot's later tokens are removed.
    func snapshot(of source: PrefixSource, keeping count: Int) -> SequenceSnapshot?
    /// Takes a prefix that later plans may name.
    func keep(_ id: ParkID, _ snapshot: SequenceSnapshot)
    /// Cells of KV cache that there is memory for at the moment, those that are there included; nil where the system does not tell.
    var availableCells: Int? { get }
    /// Takes in that there is nothing to do for now.
    func rest()
    /// Tokens that the C library really has in a slot, for the check that the ledger is right.
    func committedLength(of slot: SlotID) -> Int
}
