public import InferenceCore

/// What was found out about where a model's results are equal to the bit, however they are computed.
public struct ReproducibilityReport: Sendable, Hashable, Codable {
    /// The most sequences of one decode batch in which each gets the logits that it gets alone; 1 if not even two do.
    public var decodeBatch: Int
    /// The most sequences of one decode batch that were tried.
    public var checkedBatch: Int
    /// The most tokens of a prefill chunk up to which all sizes that were tried give the same logits.
    public var prefillChunk: Int
    /// The most tokens of a prefill chunk that were tried.
    public var checkedChunk: Int
    /// Where prompts can be cut, and how much of them serves others.
    public var blocks: PrefillBlocks
    /// Whether a prefix that was copied, restored or cut gives the logits of one that was computed.
    public var keepsPrefixes: Bool
    /// The part of the speed of ``checkedBatch`` sequences together that is lost if they are computed in batches of ``decodeBatch``, 0 to 1.
    public var decodeCost: Double
    /// The same for a prompt in chunks of ``prefillChunk`` instead of ``checkedChunk``.
    public var prefillCost: Double

    /// Within these bounds no result depends on load; nil if there are none.
    public var shape: StepShape? {
        self.keepsPrefixes ? StepShape(decodeBatch: self.decodeBatch, prefillChunk: self.prefillChunk, blocks: self.blocks) : nil
    }

    /// The larger part of the speed that keeping to the bounds costs, 0 to 1.
    public var cost: Double { max(self.decodeCost, self.prefillCost) }

    /// What a damaged file may hold and a check never finds.
    var isPlausible: Bool {
        let counts = 1...self.checkedBatch.clamped(to: 1...256)
        let sizes = PrefillBlocks.size...self.checkedChunk.clamped(to: PrefillBlocks.size...65_536)
        return counts.contains(self.decodeBatch) && sizes.contains(self.prefillChunk)
            && (self.blocks == .standard || ReproducibilityProbe.finerBlocks.contains(self.blocks))
            && (0...1).contains(self.decodeCost) && (0...1).contains(self.prefillCost)
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
