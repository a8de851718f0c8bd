import CLlama
import InferenceCore

/// Carries plans out with llama.cpp. Belongs to one inference thread.
final class LlamaBackend: DecodeBackend {
    private let weights: ModelWeights
    private let vocabulary: Vocabulary
    private let threads: Int
    private let rows: Int
    private let cacheType: CacheType
    private let account: MemoryAccount
    private let abort: AbortSignal
    private var context: LlamaContext?
    private var batch: BatchBuffer
    private var kept: [ParkID: SequenceSnapshot] = [:]
    private var samplers: [RequestID: any TokenSampler] = [:]
    private let candidates: CandidateBuffer

    /// - Parameters:
    ///   - rows: The most rows of one batch.
    ///   - account: Sees in time that a cache cannot be had.
    ///   - abort: Breaks off the prefill of requests that are cancelled.
    init(
        _ weights: ModelWeights,
        vocabulary: Vocabulary,
        threads: Int,
        rows: Int,
        cacheType: CacheType,
        account: MemoryAccount,
        abort: AbortSignal
    ) {
        self.weights = weights
        self.vocabulary = vocabulary
        self.threads = threads
        self.rows = rows
        self.cacheType = cacheType
        self.account = account
        self.abort = abort
        self.batch = BatchBuffer(capacity: rows)
        self.candidates = CandidateBuffer(size: vocabulary.size)
    }

    deinit {
        self.account.settle(0)
    }

    func begin(_ request: RequestID, sampler: any TokenSampler) {
        self.samplers[request] = sampler
    }

    func end(_ request: RequestID) {
        self.samplers[request] = nil
    }

    func committedLength(of slot: SlotID) -> Int {
        self.context?.length(of: slot) ?? 0
    }

    func snapshot(of source: PrefixSource, keeping count: Int) -> SequenceSnapshot? {
        switch source {
        case .kept(let id):
            return self.kept[id]
        case .slot(let slot):
            guard self.context?.removeTail(slot, from: count) ?? false else { return nil }
            return self.context?.snapshot(of: slot)
        }
    }

    func keep(_ id: ParkID, _ snapshot: SequenceSnapshot) {
        self.kept[id] = snapshot
    }

    func perform(_ plan: StepPlan) -> StepOutcome {
        var outcome = StepOutcome()
        var brokenSlots: Set<SlotID> = []
        do {
            brokenSlots = try self.apply(plan.memory, &outcome)
        } catch {
            return StepOutcome(resizeFault: error)
        }
        for row in plan.decode where brokenSlots.contains(row.slot) {
            outcome.faults[row.request] = RequestFault(.engineFailed, "the model's cache could not forget a part of a sequence: try again")
        }
        for chunk in plan.prefill where brokenSlots.contains(chunk.slot) { outcome.unserved.insert(chunk.request) }

        let clock = ContinuousClock()
        if !plan.decode.isEmpty {
            outcome.decodeTime = clock.measure {
                self.decode(plan.decode.filter { !brokenSlots.contains($0.slot) }, into: &outcome)
            }
        }
        if !plan.prefill.isEmpty {
            outcome.prefillTime = clock.measure {
                for chunk in plan.prefill where outcome.isGoing(chunk.request) && outcome.engineFault == nil {
                    self.prefill(chunk, into: &outcome)
                }
            }
        }
        return outcome
    }

    /// - Returns: Slots whose contents are not what the ledger thinks.
    private func apply(_ ops: [MemoryOp], _ outcome: inout StepOutcome) throws(RequestFault) -> Set<SlotID> {
        var broken: Set<SlotID> = []
        // Many prompts of one step may begin alike.
        var lastCopied: (slot: SlotID, snapshot: SequenceSnapshot)?
        for op in ops {
            if lastCopied.map({ op.changes($0.slot) }) ?? false { lastCopied = nil }
            switch op {
            case .resize(let geometry, let slots):
                try self.resize(to: geometry, keeping: slots)
                lastCopied = nil
            case .clear(let slot):
                self.context?.clear(slot)
                broken.remove(slot)
            case .removeTail(let slot, let position):
                if !(self.context?.removeTail(slot, from: position) ?? true) { broken.insert(slot) }
            case .discard(let slot, let position, let count):
                if !(self.context?.discard(slot, from: position, count: count) ?? true) { broken.insert(slot) }
            case .copy(.slot(let source), let slot, let count):
                if lastCopied?.slot != source, !broken.contains(source) {
                    lastCopied = self.context?.snapshot(of: source).map { (source, $0) }
                }
                let isThere = lastCopied?.slot == source && self.put(lastCopied?.snapshot, into: slot, keeping: count)
                if !isThere { broken.insert(slot) }
            case .copy(.kept(let id), let slot, let count):
                if !self.put(self.kept[id], into: slot, keeping: count) { broken.insert(slot) }
            case .park(let slot, let id, let count):
                self.kept[id] = broken.contains(slot) ? nil : self.snapshot(of: .slot(slot), keeping: count)
                if self.kept[id] == nil { outcome.unparked.insert(id) }
            case .drop(let id):
                self.kept[id] = nil
            }
        }
        return broken
    }

    private func put(_ snapshot: SequenceSnapshot?, into slot: SlotID, keeping count: Int) -> Bool {
        guard let snapshot, self.context?.restore(snapshot, into: slot) ?? false else { return false }
        return self.context?.removeTail(slot, from: count) ?? false
    }

    /// Makes a cache of another shape beside the present one and moves the sequences over. All of them, or nothing changes.
    private func resize(to geometry: CacheGeometry, keeping slots: [SlotID]) throws(RequestFault) {
        do {
            try self.account.claim(self.account.budget.bytes(of: geometry))
        } catch {
            throw RequestFault(
                .outOfMemory,
                "a KV cache of \(geometry) would \(error.reason): ask for fewer tokens, a smaller context or fewer parallel sequences"
            )
        }
        // Also after an error: what is there then is the old one.
        defer { self.account.settle(self.account.budget.bytes(of: self.context?.geometry ?? .none)) }
        let grown = try LlamaContext(
            self.weights,
            geometry: geometry,
            cacheType: self.cacheType,
            rows: self.rows,
            threads: self.threads,
            abort: self.abort
        )
        if let old = self.context.take() {
            for slot in slots where !grown.copy(slot, from: old) {
                self.context = consume old
                throw RequestFault(.engineFailed, "llama.cpp could not move \(slot) into a larger KV cache: ask for fewer tokens")
            }
        }
        self.context = consume grown
    }

    private func decode(_ rows: [StepPlan.DecodeRow], into outcome: inout StepOutcome) {
        let code = self.run(rows)
        if code == 0 {
            for (index, row) in rows.enumerated() { self.sample(row.request, row: index, into: &outcome) }
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
            let code = self.run([row])
            if code == 0 {
                self.sample(row.request, row: 0, into: &outcome)
            } else {
                outcome.faults[row.request] = Self.fault(code)
            }
        }
    }

    private func run(_ rows: [StepPlan.DecodeRow]) -> Int32 {
        self.batch.removeAll()
        for row in rows {
            self.batch.append(row.token, at: row.position, in: row.slot, wantsLogits: true)
        }
        return self.decodeBatch()
    }

    private func prefill(_ chunk: StepPlan.PrefillChunk, into outcome: inout StepOutcome) {
        self.batch.removeAll()
        for (offset, token) in chunk.tokens.enumerated() {
            let isLast = chunk.isLast && offset == chunk.tokens.count - 1
            self.batch.append(token, at: chunk.position + offset, in: chunk.slot, wantsLogits: isLast)
        }
        let code = self.abort.during(chunk.request) { self.decodeBatch() }
        if code == 2, self.context?.removeTail(chunk.slot, from: chunk.position) ?? false {
            outcome.aborted.insert(chunk.request)
            return
        }
        guard code == 0 else {
            if Self.isFatal(code) { outcome.engineFault = Self.fault(code) }
            outcome.faults[chunk.request] = Self.fault(code)
            return
        }
        if chunk.isLast { self.sample(chunk.request, row: chunk.tokens.count - 1, into: &outcome) }
    }

    private func decodeBatch() -> Int32 {
        guard self.batch.count > 0 else { return 0 }
        return self.context?.decode(self.batch) ?? -1
    }

    private func sample(_ request: RequestID, row: Int, into outcome: inout StepOutcome) {
        guard let sampler = self.samplers[request], let logits = self.context?.logits(row: row) else {
            outcome.faults[request] = RequestFault(.engineFailed, "the model computed no logits for a row that asked for them")
            return
        }
        do {
            let token = try sampler.sample(logits, candidates: self.candidates)
            let isEnd = self.vocabulary.isEndOfGeneration(token)
            outcome.samples.append(
                .init(request: request, token: token, piece: isEnd ? [] : self.vocabulary.piece(token), isEndOfGeneration: isEnd)
            )
        } catch {
            outcome.faults[request] = error
        }
    }

    /// Below -1, llama.cpp failed while it computed, and leaves the cache in no known state.
    private static func isFatal(_ code: Int32) -> Bool { code < -1 }

    private static func fault(_ code: Int32) -> RequestFault {
        switch code {
        case 1:
            RequestFault(.cacheExhausted, "the KV cache has no room for the sequence: ask for fewer tokens", underlying: 1)
        default:
            RequestFault(.engineFailed, "llama.cpp could not compute the step: try again, or load the model anew", underlying: Int(code))
        }
    }
}
