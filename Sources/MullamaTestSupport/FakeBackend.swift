package import InferenceCore
package import Mullama

/// A backend that computes nothing: it answers every prompt with the prompt over and over, so that a test sees at once when answers mix.
///
/// It keeps a cache of its own from the plans' operations alone, and traps when a plan does not fit it.
package final class FakeBackend: DecodeBackend {
    private var cache: [SlotID: [Token]] = [:]
    private var kept: [ParkID: SequenceSnapshot] = [:]
    private var prompts: [RequestID: [Token]] = [:]
    private var generated: [RequestID: Int] = [:]
    private var samplers: [RequestID: FakeSampler] = [:]
    private let control: FakeControl

    package init(_ control: FakeControl) {
        self.control = control
    }

    package func begin(_ request: RequestID, sampler: any TokenSampler) {
        self.generated[request] = 0
        self.samplers[request] = sampler as? FakeSampler
        self.control.record { $0.live.insert(request) }
    }

    package func end(_ request: RequestID) {
        self.generated[request] = nil
        self.samplers[request] = nil
        self.prompts[request] = nil
        self.control.record { $0.live.remove(request) }
    }

    package var availableCells: Int? { nil }

    package func rest() {
        self.control.record { $0.rests += 1 }
    }

    package func committedLength(of slot: SlotID) -> Int {
        self.cache[slot]?.count ?? 0
    }

    package func snapshot(of source: PrefixSource, keeping count: Int) -> SequenceSnapshot? {
        switch source {
        case .kept(let id):
            return self.kept[id]
        case .slot(let slot):
            self.cache[slot, default: []].removeSubrange(count...)
            return SequenceSnapshot(bytes: self.cache[slot, default: []].compactMap { UInt8(exactly: $0.rawValue) })
        }
    }

    package func keep(_ id: ParkID, _ snapshot: SequenceSnapshot) {
        self.kept[id] = snapshot
    }

    package func perform(_ plan: StepPlan) -> StepOutcome {
        self.control.enterStep(plan)
        if let fault = self.control.takeEngineFault() { return StepOutcome(engineFault: fault) }
        if let fault = self.control.takeResizeFault(for: plan) { return StepOutcome(resizeFault: fault) }
        for op in plan.memory { self.apply(op) }

        var outcome = StepOutcome(faults: self.control.takeFaults(), preparation: plan.preparing.map { .ready($0) })
        for row in plan.decode where outcome.faults[row.request] == nil {
            self.append([row.token], at: row.position, in: row.slot)
            outcome.samples.append(self.sample(row.request))
        }
        for chunk in plan.prefill where outcome.faults[chunk.request] == nil {
            self.append(Array(chunk.tokens), at: chunk.position, in: chunk.slot)
            if !chunk.targets.isEmpty {
                let count = self.samplers[chunk.request]?.logprobs ?? 0
                outcome.scores[chunk.request] = chunk.targets.map { FakeLogprob.of($0, top: count) }
            }
            guard chunk.isLast else { continue }
            self.prompts[chunk.request] = self.cache[chunk.slot]
            outcome.samples.append(self.sample(chunk.request))
        }
        return outcome
    }

    private func apply(_ op: MemoryOp) {
        switch op {
        case .resize(_, let kept): self.cache = self.cache.filter { kept.contains($0.key) }
        case .clear(let slot): self.cache[slot] = []
        case .removeTail(let slot, let position): self.cache[slot]?.removeSubrange(position...)
        case .copy(.kept(let id), let slot, let count):
            self.cache[slot] = self.kept[id].map { $0.bytes.prefix(count).map { Token(rawValue: Int32($0)) } }
        case .copy(.slot(let source), let slot, let count): self.cache[slot] = Array(self.cache[source, default: []].prefix(count))
        case .park(let slot, let id, let count): self.kept[id] = self.snapshot(of: .slot(slot), keeping: count)
        case .save(let slot, let id): self.kept[id] = self.snapshot(of: .slot(slot), keeping: self.committedLength(of: slot))
        case .drop(let id): self.kept[id] = nil
        case .discard(let slot, let position, let count): self.cache[slot]?.removeSubrange(position..<(position + count))
        }
    }

    private func append(_ tokens: [Token], at position: Int, in slot: SlotID) {
        precondition(self.cache[slot, default: []].count == position, "rows of \(slot) do not follow what it holds")
        self.cache[slot, default: []] += tokens
    }

    private func sample(_ request: RequestID) -> StepOutcome.Sample {
        let prompt = self.prompts[request] ?? [0]
        let count = self.generated[request, default: 0]
        self.generated[request] = count + 1
        let sampler = self.samplers[request]
        let goesOn = sampler?.ignoresEnd ?? false || self.control.length.map { count < $0 } ?? true
        let token = goesOn ? prompt[count % prompt.count] : ByteText.endOfGeneration
        return StepOutcome.Sample(
            request: request,
            token: token,
            piece: UInt8(exactly: token.rawValue).map { [UInt8](repeating: $0, count: self.control.repetitions) } ?? [],
            isEndOfGeneration: token == ByteText.endOfGeneration,
            logprob: sampler?.logprobs.map { FakeLogprob.of(token, top: $0) }
        )
    }
}
