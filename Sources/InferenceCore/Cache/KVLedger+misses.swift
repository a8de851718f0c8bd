/// What might have spared a prompt, and why it does not.
extension KVLedger {
    /// How far a prompt goes with one that was computed, in whole blocks: where prompts part once, they are likely to part again. Nil if that is
    /// too early to be worth anything.
    func parting(of request: GenerationRequest) -> Int? {
        let common = self.blocks.floor(self.mostAlike(request, isVisible: true))
        return common >= Self.leastParked ? common : nil
    }

    func miss(of request: GenerationRequest, reused: Int) -> CacheMiss? {
        let most = self.blocks.mostReused(promptCount: request.prompt.count)
        guard most > 0 else { return .tooShort }
        guard !request.scoresPrompt else { return .scored }
        guard reused < most else { return nil }
        let common = self.mostAlike(request, isVisible: true)
        let hidden = self.mostAlike(request, isVisible: false)
        let block = PrefillBlocks.size
        if hidden >= max(reused, self.blocks.floor(common)) + block { return .isolated(self.blocks.floor(hidden)) }
        if self.blocks.floor(common) > reused { return .cannotRollBack(self.blocks.floor(common)) }
        if common >= block { return .differs(at: common) }
        if self.evicted.contains(beginningOf: request.prompt) { return .evicted }
        // A few tokens that many prompts begin with are no likeness, unless they served.
        return reused > 0 ? .differs(at: common) : .nothingAlike
    }

    /// - Parameter isVisible: Whether to look at what the request may use, or at what it may not.
    private func mostAlike(_ request: GenerationRequest, isVisible: Bool) -> Int {
        func common(_ tokens: some Collection<Token>, _ context: ContextID?, isStrict: Bool) -> Int {
            let mayUse = context == request.context || !isStrict && !request.isStrict
            return mayUse == isVisible ? self.policy.common(tokens, request.prompt) : 0
        }
        let slots = self.slots.map { common($0.tokens[..<self.reusable(of: $0)], $0.context, isStrict: $0.isStrict) }
        let kept = self.parked.entries.values.filter { $0.tokens.count <= self.geometry.cellsPerSlot }
            .map { common($0.reusable, $0.context, isStrict: $0.isStrict) }
        return max(slots.max() ?? 0, kept.max() ?? 0)
    }
}
