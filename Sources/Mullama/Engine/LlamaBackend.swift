import CLlama
import InferenceCore

/// Carries plans out with llama.cpp. Belongs to one inference thread.
final class LlamaBackend: DecodeBackend {
    private let vocabulary: Vocabulary
    private let abort: AbortSignal
    private let cache: LlamaCache
    private var batch: BatchBuffer
    private var samplers: [RequestID: any TokenSampler] = [:]
    private let candidates: CandidateBuffer

    /// - Parameters:
    ///   - recipe: Its abort signal breaks off the prefill of requests that are cancelled.
    ///   - account: Sees in time that a cache cannot be had.
    init(_ recipe: ContextRecipe, vocabulary: Vocabulary, account: MemoryAccount) {
        self.vocabulary = vocabulary
        self.abort = recipe.abort
        self.cache = LlamaCache(recipe, account: account)
        self.batch = BatchBuffer(capacity: recipe.rows)
        self.candidates = CandidateBuffer(size: vocabulary.size)
    }

    func begin(_ request: RequestID, sampler: any TokenSampler) {
        self.samplers[request] = sampler
    }

    func end(_ request: RequestID) {
        self.samplers[request] = nil
    }

    var availableCells: Int? { self.cache.availableCells }

    func rest() {
        ComputeThreads.release()
    }

    func committedLength(of slot: SlotID) -> Int {
        self.cache.length(of: slot)
    }

    func snapshot(of source: PrefixSource, keeping count: Int) -> SequenceSnapshot? {
        switch source {
        case .kept(let id): self.cache.keptPrefix(id)
        case .slot(let slot): self.cache.snapshot(of: slot, keeping: count)
        }
    }

    func keep(_ id: ParkID, _ snapshot: SequenceSnapshot) {
        self.cache.keep(id, snapshot)
    }

    func perform(_ plan: StepPlan) -> StepOutcome {
        var outcome = StepOutcome()
        let clock = ContinuousClock()
        do {
            let start = clock.now
            outcome.unparked = try self.cache.apply(plan.memory)
            if !plan.memory.isEmpty { outcome.memoryTime = clock.now - start }
        } catch {
            return StepOutcome(resizeFault: error)
        }
        self.cache.makeRoom(for: plan)
        let broken = self.cache.broken
        for row in plan.decode where broken.contains(row.slot) {
            outcome.faults[row.request] = RequestFault(.engineFailed, "the model's cache could not keep a part of a sequence: try again")
        }
        for chunk in plan.prefill where broken.contains(chunk.slot) { outcome.unserved.insert(chunk.request) }

        if !plan.decode.isEmpty {
            outcome.decodeTime = clock.measure {
                for run in plan.decodeRuns {
                    for isOld in [false, true] where outcome.engineFault == nil {
                        let batch = run.filter { self.cache.isOld($0.slot) == isOld && !broken.contains($0.slot) }
                        if !batch.isEmpty { self.decode(batch, inOld: isOld, into: &outcome) }
                    }
                }
            }
        }
        if !plan.prefill.isEmpty {
            outcome.prefillTime = clock.measure {
                for chunk in plan.prefill where outcome.isGoing(chunk.request) && outcome.engineFault == nil {
                    self.prefill(chunk, into: &outcome)
                }
            }
        }
        outcome.preparation = self.cache.prepare(plan.preparing, waits: !plan.hasRows)
        self.cache.moveSome()
        outcome.parkedSizes = self.cache.parkedSizes
        return outcome
    }

    /// - Parameter inOld: Which of the cache's C contexts holds the rows' slots.
    private func decode(_ rows: [StepPlan.DecodeRow], inOld: Bool, into outcome: inout StepOutcome) {
        let code = self.run(rows, inOld: inOld)
        if code == 0 {
            for (index, row) in rows.enumerated() { self.sample(row.request, row: index, inOld: inOld, into: &outcome) }
            return
        }
        guard !Self.isFatal(code) else {
            outcome.engineFault = Self.fault(code)
            return
        }
        guard rows.count > 1, code == 1 || code == -1 else {
            for row in rows { outcome.faults[row.request] = Self.fault(code) }
            return
        }
        // Nothing of the batch was computed. Alone, each row fails or passes on its own account.
        for row in rows {
            let code = self.run([row], inOld: inOld)
            if code == 0 {
                self.sample(row.request, row: 0, inOld: inOld, into: &outcome)
            } else {
                outcome.faults[row.request] = Self.fault(code)
            }
        }
    }

    private func run(_ rows: [StepPlan.DecodeRow], inOld: Bool) -> Int32 {
        self.batch.removeAll()
        for row in rows {
            self.batch.append(row.token, at: row.position, in: row.slot, wantsLogits: true)
        }
        return self.cache.decode(self.batch, inOld: inOld)
    }

    private func prefill(_ chunk: StepPlan.PrefillChunk, into outcome: inout StepOutcome) {
        self.batch.removeAll()
        for (offset, token) in chunk.tokens.enumerated() {
            let isLast = chunk.isLast && offset == chunk.tokens.count - 1
            let wantsLogits = isLast || offset < chunk.targets.count
            self.batch.append(token, at: chunk.position + offset, in: chunk.slot, wantsLogits: wantsLogits)
        }
        let code = self.abort.during(chunk.request) { self.cache.decode(self.batch, inOld: false) }
        if code == 2 {
            if self.cache.removeTail(chunk.slot, from: chunk.position) {
                outcome.aborted.insert(chunk.request)
            } else {
                // A state that cannot be rolled back is half one and half the other.
                self.cache.forget(chunk.slot)
                outcome.unserved.insert(chunk.request)
            }
            return
        }
        guard code == 0 else {
            if Self.isFatal(code) { outcome.engineFault = Self.fault(code) }
            outcome.faults[chunk.request] = Self.fault(code)
            return
        }
        if !chunk.targets.isEmpty { self.score(chunk, into: &outcome) }
        if chunk.isLast, outcome.isGoing(chunk.request) {
            self.sample(chunk.request, row: chunk.tokens.count - 1, inOld: false, into: &outcome)
        }
    }

    /// Tells how likely the tokens were that follow the chunk's rows.
    private func score(_ chunk: StepPlan.PrefillChunk, into outcome: inout StepOutcome) {
        let count = self.samplers[chunk.request]?.logprobs ?? 0
        do {
            outcome.scores[chunk.request] = try chunk.targets.enumerated().map { row, target throws(RequestFault) in
                guard let logits = self.cache.logits(row: row, inOld: false) else { throw Self.noLogits }
                return try self.logprob(of: target, logits, top: count)
            }
        } catch {
            outcome.faults[chunk.request] = error
        }
    }

    private static let noLogits = RequestFault(.engineFailed, "the model computed no logits for a row that asked for them")

    private func sample(_ request: RequestID, row: Int, inOld: Bool, into outcome: inout StepOutcome) {
        guard let sampler = self.samplers[request], let logits = self.cache.logits(row: row, inOld: inOld) else {
            outcome.faults[request] = Self.noLogits
            return
        }
        do {
            let token = try sampler.sample(logits, candidates: self.candidates)
            let isEnd = self.vocabulary.isEndOfGeneration(token)
            outcome.samples.append(
                .init(
                    request: request,
                    token: token,
                    piece: isEnd ? [] : self.vocabulary.piece(token),
                    isEndOfGeneration: isEnd,
                    // The end has no place in the answer.
                    logprob: isEnd
                        ? nil
                        : try sampler.logprobs.map { count throws(RequestFault) in
                            try self.logprob(of: token, logits, top: count)
                        }
                )
            )
        } catch {
            outcome.faults[request] = error
        }
    }

    private func logprob(of token: Token, _ logits: UnsafeMutableBufferPointer<Float>, top count: Int) throws(RequestFault) -> TokenLogprob
    {
        let (own, top) = try Logits(logits).logprobs(of: token, top: count)
        return TokenLogprob(
            token: token,
            bytes: self.vocabulary.piece(token, special: true),
            logprob: own,
            top: top.map { .init(token: $0.token, bytes: self.vocabulary.piece($0.token, special: true), logprob: $0.logprob) },
            isShown: !self.vocabulary.piece(token).isEmpty
        )
    }

    /// Below -1, llama.cpp failed while it computed, and leaves the cache in no known state.
    private static func isFatal(_ code: Int32) -> Bool { code < -1 }

    private static func fault(_ code: Int32) -> RequestFault {
        switch code {
        case 1:
            RequestFault(.outOfMemory, "the KV cache has no room for the sequence now: try again, or ask for fewer tokens", underlying: 1)
        default:
            RequestFault(.engineFailed, "llama.cpp could not compute the step: try again, or load the model anew", underlying: Int(code))
        }
    }
}
