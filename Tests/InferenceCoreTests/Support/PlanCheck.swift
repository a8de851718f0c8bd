import InferenceCore
import Testing

/// What must hold for every plan, whatever came before.
struct PlanCheck {
    let plan: StepPlan
    let limits: SchedulerLimits
    let requests: [RequestID: GenerationRequest]
    let ended: [RequestID: Ending]

    func check() {
        self.checkRequests()
        for chunk in self.plan.prefill { self.check(chunk) }
        self.checkResize()
    }

    private func checkRequests() {
        let decoding = self.plan.decode.map(\.request)
        let prefilling = Set(self.plan.prefill.map(\.request))
        let all = prefilling.union(decoding)
        #expect(Set(decoding).count == decoding.count, "a request has two decode rows")
        #expect(prefilling.isDisjoint(with: decoding), "a request decodes and prefills in one step")
        #expect(all.count <= self.limits.parallel, "\(all.count) requests in one step")
        #expect(Set(all.compactMap { self.requests[$0]?.context }).count == all.count, "two requests of one context in one step")
        for id in all { #expect(self.ended[id] == nil && self.requests[id] != nil, "\(id) is computed after its end") }
    }

    /// Whole cuts and no chunk that is too small. Standard blocks: 16 tokens counted from the prompt's start, and 16 to 31 in the last chunk unless
    /// the whole prompt is shorter.
    private func check(_ chunk: StepPlan.PrefillChunk) {
        guard let request = self.requests[chunk.request] else { return }
        let prompt = request.prompt
        let blocks = self.plan.shape.blocks
        let lastStart = blocks.lastChunkStart(promptCount: prompt.count)
        let end = chunk.position + chunk.tokens.count
        #expect(!chunk.tokens.isEmpty && end <= prompt.count)
        #expect(chunk.tokens == prompt[chunk.position..<min(end, prompt.count)], "\(chunk.request) computes other tokens than its prompt's")
        #expect(chunk.position % blocks.cut == 0)
        #expect(chunk.targets == (request.scoresPrompt ? prompt[(chunk.position + 1)..<min(end + 1, prompt.count)] : []))
        if request.scoresPrompt {
            #expect(chunk.tokens.count <= 32 && self.plan.prefill.count { $0.request == chunk.request } == 1)
        }
        #expect(
            chunk.isLast && !blocks.sharesLast || chunk.tokens.count <= max(self.plan.shape.prefillChunk, 2 * blocks.least + blocks.cut)
        )
        #expect(chunk.tokens.count >= min(blocks.least, prompt.count))
        if chunk.isLast {
            #expect(end == prompt.count && (chunk.position == lastStart || blocks.sharesLast && chunk.position < lastStart))
        } else {
            #expect(end % blocks.cut == 0 && end <= lastStart)
        }
    }

    private func checkResize() {
        let resizes = self.plan.memory.indices.filter { if case .resize = self.plan.memory[$0] { true } else { false } }
        #expect(resizes.count <= 1)
        guard let resize = resizes.first else { return }
        if case .resize(let geometry, _) = self.plan.memory[resize] {
            #expect(geometry.cells <= self.limits.cells && geometry.slots <= self.limits.parallel, "\(geometry) is more than allowed")
        }
        // A resize can fail, and then the plan comes again: nothing that stands with it may be worse for being done twice.
        for case .discard in self.plan.memory { Issue.record("a discard goes with a resize") }
    }
}
