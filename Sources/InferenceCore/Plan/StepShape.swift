/// What a step may compute together. Within it, a row's result does not depend on what is computed beside it, where that was checked.
public struct StepShape: Sendable, Hashable, Codable {
    /// The most sequences of one decode batch; a step with more computes several batches.
    public var decodeBatch: Int
    /// The most tokens of one prefill chunk, in whole blocks; a step may compute several chunks of a prompt.
    public var prefillChunk: Int
    /// Where prompts may be cut, and what of them serves others.
    public var blocks: PrefillBlocks

    public init(decodeBatch: Int = .max, prefillChunk: Int = .max, blocks: PrefillBlocks = .standard) {
        self.decodeBatch = max(1, decodeBatch)
        self.prefillChunk = max(PrefillBlocks.size, prefillChunk / PrefillBlocks.size * PrefillBlocks.size)
        self.blocks = blocks
    }

    /// The same for models of which not everything can be had.
    package func fitting(_ limits: SchedulerLimits) -> StepShape {
        var shape = self
        shape.blocks = self.blocks.fitting(limits)
        return shape
    }

    /// No bounds on what is computed together.
    public static let any = StepShape()
    /// The same where results may depend on load.
    public static let relaxed = StepShape(blocks: .relaxed)
}

extension Int {
    /// How many parts of at most that size this many things make.
    package func parts(ofAtMost size: Int) -> Int {
        self == 0 ? 0 : (self - 1) / size + 1
    }
}

extension Array {
    /// In parts of at most that size, as equal as can be.
    package func split(intoAtMost size: Int) -> [ArraySlice<Element>] {
        let count = self.count.parts(ofAtMost: size)
        return (0..<count).map { self[(self.count * $0 / count)..<(self.count * ($0 + 1) / count)] }
    }

    /// In parts of these sizes, one after the other; what they leave is one more.
    package func split(into sizes: [Int]) -> [[Element]] {
        var parts: [[Element]] = []
        var rest = self[...]
        for size in sizes where !rest.isEmpty {
            parts.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return rest.isEmpty ? parts : parts + [Array(rest)]
    }
}
