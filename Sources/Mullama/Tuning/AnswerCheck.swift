import Foundation
import InferenceCore

/// Whether settings give the same answer whatever else happens: alone and beside others, cut into large chunks and small ones, computed and
/// restored. Logits are compared to the bit.
struct AnswerCheck {
    struct Answer {
        /// What the model says greedily.
        var tokens: [Token]
        var isKept: Bool
    }

    /// Shorter, and a chunk would be too small for the kernels that flash attention takes for many rows.
    static let leastLength = 112

    private static let steps = 12

    /// Any text, at least four times as long as the prompt.
    let tokens: [Token]
    /// Tokens of the prompt, at least ``leastLength``.
    let length: Int

    func answer(_ recipe: ContextRecipe) throws -> Answer {
        var context = try BareContext(recipe, CacheGeometry(slots: 4, cellsPerSlot: (self.length + 2 * Self.steps + 255) / 256 * 256))
        let border = PrefillBlocks.standard.lastChunkStart(promptCount: self.length)
        let slot = SlotID(3)

        try context.prefill(self.tokens[..<border], at: 0, in: SlotID(0))
        let alone = try self.go(on: &context, SlotID(0), from: border, beside: [])
        context.clear(SlotID(0))

        let others = try [SlotID(1), SlotID(2)].map { other in
            let start = Int(other.rawValue) * self.length
            try context.prefill(self.tokens[start..<(start + PrefillBlocks.size * 2)], at: 0, in: other)
            return other
        }
        for start in stride(from: 0, to: border, by: PrefillBlocks.size) {
            let isFirst = start == 0
            try context.prefill(self.tokens[start..<(start + PrefillBlocks.size)], at: start, in: slot)
            if isFirst { try context.step(others.map { (self.tokens[0], context.length(of: $0), $0) }) }
        }
        let snapshot = context.snapshot(of: slot)
        let beside = try self.go(on: &context, slot, from: border, beside: others, forcing: alone.tokens)
        var isKept = beside.bits == alone.bits

        if let snapshot, context.restore(snapshot, into: SlotID(0)) {
            context.clear(SlotID(1))
            let restored = try self.go(on: &context, SlotID(0), from: border, beside: [SlotID(2)], forcing: alone.tokens)
            isKept = isKept && restored.bits == alone.bits
        }
        return Answer(tokens: alone.tokens, isKept: isKept)
    }

    /// Computes the end of the prompt, and an answer in one batch with other sequences.
    ///
    /// - Parameter forced: The answer to follow; nil for the model's own.
    private func go(
        on context: inout BareContext,
        _ slot: SlotID,
        from border: Int,
        beside others: [SlotID],
        forcing forced: [Token]? = nil
    ) throws -> (tokens: [Token], bits: [Data]) {
        try context.prefill(self.tokens[border..<self.length], at: border, in: slot)
        var tokens: [Token] = []
        var bits: [Data] = []
        var logits = try context.logits(row: self.length - border - 1)
        while true {
            bits.append(Data(buffer: logits))
            let token = try Self.largest(logits)
            guard tokens.count < Self.steps else { return (tokens, bits) }
            tokens.append(forced?[tokens.count] ?? token)
            let position = self.length + tokens.count - 1
            let rows = others.map { (self.tokens[tokens.count], context.length(of: $0), $0) }
            try context.step([(tokens[tokens.count - 1], position, slot)] + rows)
            logits = try context.logits(row: 0)
        }
    }

    private static func largest(_ logits: UnsafeMutableBufferPointer<Float>) throws(MullamaError) -> Token {
        do {
            return try Logits(logits).largest()
        } catch {
            throw MullamaError(error)
        }
    }
}
