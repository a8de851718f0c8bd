import InferenceCore

/// Measures settings once: makes a C context with them, computes prompts and steps, and frees it.
struct CandidateRound {
    let load: TuningWorkload
    /// Any text, at least as long as the deepest prompt.
    let tokens: [Token]

    /// - Parameter deep: The depth computed before, if it was, by settings that store the cache in the same way. Set otherwise.
    func figures(_ recipe: ContextRecipe, deep: inout SequenceSnapshot?) throws -> TuningFigures {
        var context = try BareContext(recipe, self.load.geometry)
        let first = SlotID(0)

        // Not measured: the first call of a context also fetches memory from the system.
        try context.prefill(self.tokens[..<min(32, self.load.prompt)], at: 0, in: first)
        context.clear(first)
        let prefill = try self.rate(of: self.load.prompt) {
            try context.prefill(self.tokens[..<self.load.prompt], at: 0, in: first)
        }
        let decode = try self.decode(&context, from: self.load.prompt)
        let streams = try self.streams(&context)

        for slot in 0..<self.load.streams { context.clear(SlotID(Int32(slot))) }
        let isRestored = deep.map { context.restore($0, into: first) } ?? false
        if !isRestored {
            context.clear(first)
            try context.prefill(self.tokens[..<self.load.depth], at: 0, in: first)
            deep = context.snapshot(of: first)
        }
        let end = self.load.depth + self.load.deepPrompt
        let deepPrefill = try self.rate(of: self.load.deepPrompt) {
            try context.prefill(self.tokens[self.load.depth..<end], at: self.load.depth, in: first)
        }
        let deepDecode = try self.decode(&context, from: end)
        return TuningFigures(prefill: prefill, deepPrefill: deepPrefill, decode: decode, streams: streams, deepDecode: deepDecode)
    }

    private func decode(_ context: inout BareContext, from position: Int) throws -> Double {
        try self.rate(of: self.load.steps) {
            for step in 0..<self.load.steps { try context.step([(self.tokens[step], position + step, SlotID(0))]) }
        }
    }

    /// The first stream's prompt is copied to the others; where that cannot be done, they start from a token.
    private func streams(_ context: inout BareContext) throws -> Double {
        let start = self.load.prompt + self.load.steps
        let snapshot = context.snapshot(of: SlotID(0))
        var positions = [start]
        for index in 1..<self.load.streams {
            let isCopied = snapshot.map { context.restore($0, into: SlotID(Int32(index))) } ?? false
            positions.append(isCopied ? start : 0)
        }
        return try self.rate(of: self.load.streamSteps * self.load.streams) {
            for step in 0..<self.load.streamSteps {
                try context.step(
                    positions.enumerated().map { (self.tokens[step + $0.offset], $0.element + step, SlotID(Int32($0.offset))) }
                )
            }
        }
    }

    /// Tokens per second.
    private func rate(of count: Int, _ body: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure(body)
        return Double(count) / max(time / .seconds(1), 1e-9)
    }
}
