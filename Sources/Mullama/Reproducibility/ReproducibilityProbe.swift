import InferenceCore

/// Finds out, with a few calls to the C library, within which bounds a model's logits are equal to the bit however they are computed.
///
/// A prompt of 112 tokens is computed in chunks of 16 and in larger ones, from a copied and a cut prefix, then others in chunks that are no multiples
/// of 16, and one token for each of many sequences, alone and together. The work comes in pieces, each of at most some calls, so that whoever has
/// something better to do need not wait for all of it. Belongs to one thread.
final class ReproducibilityProbe {
    /// What results are compared with is computed in the smallest chunks, since all cuts are made of those.
    private static let block = PrefillBlocks.size
    /// The larger chunks, one after the other: together they are as long as ``start``.
    private static let chunks = [32, 64]
    private static let start = 96
    /// Computed where nobody is generating, or where those who are may stand still for long.
    private static let largeChunk = 256
    /// A larger chunk is not tried that takes longer than that: there it gains nothing that shows.
    private static let longestChunk = Duration.seconds(5)
    /// Finer cuts than the standard ones, the best first.
    static let finerBlocks = [
        PrefillBlocks(cut: 1, least: 8), PrefillBlocks(cut: 4, least: 8), PrefillBlocks(cut: 1, least: 16),
        PrefillBlocks(cut: 4, least: 16),
    ]
    /// Prompts that end within a block, and at the end of one.
    private static let oddLength = 109
    private static let evenLength = 128
    private static let batches = [2, 3, 4, 8, 16, 32]
    /// The most memory for the cells of the sequences.
    private static let memory = 256 << 20

    private enum Piece {
        case makePair, reference, largerChunks, smallChunks, largestChunk, copy, cut, finerReference, makeAll
        /// The cuts at this place of ``finerBlocks``.
        case finerBlocks(Int)
        /// The next token of one sequence, and of so many together.
        case alone(Int)
        case together(Int)
        case loss
    }

    private let calls: ProbeCalls
    /// The most sequences that are tried together.
    private let most: Int
    private var pieces: [Piece] = [.makePair, .reference, .largerChunks, .copy, .cut, .finerReference, .makeAll]
    private var report: ReproducibilityReport
    private var expected: [Float] = []
    /// The logits of the prompts that finer cuts are tried with.
    private var expectedFiner: [[Float]] = []
    private var prefix: SequenceSnapshot?
    /// The logits of each sequence's next token, computed alone.
    private var alone: [[Float]] = []
    private var blockTime = Duration.zero
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - parallel: The most sequences that will be computed together.
    ///   - bytesPerToken: What a token takes in the cache.
    init(_ recipe: ContextRecipe, vocabularySize: Int, parallel: Int, bytesPerToken: Int) {
        self.calls = ProbeCalls(recipe, vocabularySize: vocabularySize, largestChunk: Self.largeChunk)
        self.most = Self.most(parallel: parallel, bytesPerToken: bytesPerToken)
        self.report = ReproducibilityReport(
            decodeBatch: 1,
            checkedBatch: self.most,
            prefillChunk: Self.block,
            checkedChunk: Self.block,
            blocks: .standard,
            keepsPrefixes: true,
            decodeCost: 0,
            prefillCost: 0
        )
    }

    /// How many sequences are tried together: what is never tried is never computed under strict either.
    static func most(parallel: Int, bytesPerToken: Int) -> Int {
        let fitting = Self.memory / max(1, 256.saturatingTimes(bytesPerToken))
        return min(parallel, Self.batches.last ?? 1, max(4, fitting))
    }

    /// Does the next piece. Blocks for some calls to the C library.
    ///
    /// - Returns: What was found once it is all done.
    /// - Throws: If there is no memory, or the model cannot be computed.
    func advance() throws(RequestFault) -> ReproducibilityReport? {
        if !self.pieces.isEmpty { try self.work(on: self.pieces.removeFirst()) }
        return self.pieces.isEmpty ? self.report : nil
    }

    func advanced() -> Result<ReproducibilityReport?, RequestFault> {
        do throws(RequestFault) {
            return .success(try self.advance())
        } catch {
            return .failure(error)
        }
    }

    private func work(on piece: Piece) throws(RequestFault) {
        switch piece {
        case .makePair: try self.calls.make(CacheGeometry(slots: 2, cellsPerSlot: 512))
        case .reference: try self.computeReference()
        case .largerChunks: try self.computeInLargerChunks()
        case .smallChunks: try self.computeInSmallChunks()
        case .largestChunk: try self.computeInLargestChunk()
        case .copy: try self.computeFromCopy()
        case .cut: try self.computeAfterCut()
        case .finerReference: try self.computeFinerReference()
        case .finerBlocks(let index): try self.computeInFinerBlocks(index)
        case .makeAll: try self.makeManySequences()
        case .alone(let sequence): self.alone.append(try self.decode([sequence]).rows[0])
        case .together(let count): try self.decodeTogether(count)
        case .loss: try self.measureLoss()
        }
    }

    // MARK: Prompts

    private func computeReference() throws(RequestFault) {
        let begin = self.clock.now
        for position in stride(from: 0, to: Self.start, by: Self.block) { try self.calls.compute(position, Self.block, in: 0) }
        self.blockTime = (self.clock.now - begin) / (Self.start / Self.block)
        self.prefix = self.calls.context?.snapshot(of: SlotID(0))
        self.expected = try self.computeLast(in: 0)
    }

    private func computeInLargerChunks() throws(RequestFault) {
        var position = 0
        for chunk in Self.chunks {
            let begin = self.clock.now
            try self.calls.compute(position, chunk, in: 1)
            let time = self.clock.now - begin
            position += chunk
            self.report.checkedChunk = chunk
            self.report.prefillCost = Self.loss(time, instead: self.blockTime * (chunk / Self.block))
            if chunk == Self.chunks.last, time * (Self.largeChunk / chunk) <= Self.longestChunk {
                self.pieces.insert(.largestChunk, at: 0)
            }
        }
        if try self.computeLast(in: 1) == self.expected {
            self.report.prefillChunk = self.report.checkedChunk
            self.report.prefillCost = 0
        } else {
            self.pieces.insert(.smallChunks, at: 0)
        }
    }

    /// Where the larger sizes are not all alike.
    private func computeInSmallChunks() throws(RequestFault) {
        let size = Self.chunks[0]
        self.calls.context?.clear(SlotID(1))
        for position in stride(from: 0, to: Self.start, by: size) { try self.calls.compute(position, size, in: 1) }
        if try self.computeLast(in: 1) == self.expected { self.report.prefillChunk = size }
    }

    /// On a machine on which steps have room for that.
    private func computeInLargestChunk() throws(RequestFault) {
        guard self.report.prefillChunk == self.report.checkedChunk, self.calls.rows >= Self.largeChunk else { return }
        for slot in 0...1 { self.calls.context?.clear(SlotID(Int32(slot))) }
        let begin = self.clock.now
        for position in stride(from: 0, to: Self.largeChunk, by: Self.block) { try self.calls.compute(position, Self.block, in: 0) }
        let inBlocks = self.clock.now - begin
        try self.calls.compute(0, Self.largeChunk, in: 1)
        let time = self.clock.now - begin - inBlocks
        let expected = try self.calls.compute(Self.largeChunk, Self.block, in: 0, wantsLogits: true)
        let isEqual = try self.calls.compute(Self.largeChunk, Self.block, in: 1, wantsLogits: true) == expected
        self.report.checkedChunk = Self.largeChunk
        if isEqual {
            self.report.prefillChunk = Self.largeChunk
        } else {
            self.report.prefillCost = Self.loss(time, instead: inBlocks)
        }
    }

    // MARK: Prefixes

    private func computeFromCopy() throws(RequestFault) {
        guard let prefix = self.prefix, self.calls.context?.restore(prefix, into: SlotID(1)) ?? false else {
            self.report.keepsPrefixes = false
            self.pieces = []
            return
        }
        if try self.computeLast(in: 1) != self.expected { self.report.keepsPrefixes = false }
    }

    private func computeAfterCut() throws(RequestFault) {
        let slot = SlotID(1)
        // A model that cannot be cut back is not cut back.
        guard self.calls.context?.removeTail(slot, from: Self.start) ?? false else { return }
        if try self.computeLast(in: 1) != self.expected { self.report.keepsPrefixes = false }
    }

    // MARK: Finer cuts

    /// The two prompts in standard blocks.
    private func computeFinerReference() throws(RequestFault) {
        let slot = SlotID(0)
        let start = Self.start - Self.block
        // Where nothing can be cut back, nothing is reused that is no whole block.
        guard self.report.keepsPrefixes, self.calls.context?.removeTail(slot, from: start) ?? false else { return }
        let odd = try self.calls.compute(start, Self.oddLength - start, in: 0, wantsLogits: true)
        guard self.calls.context?.removeTail(slot, from: start) ?? false else { return }
        for position in stride(from: start, to: Self.evenLength - Self.block, by: Self.block) {
            try self.calls.compute(position, Self.block, in: 0)
        }
        let even = try self.calls.compute(Self.evenLength - Self.block, Self.block, in: 0, wantsLogits: true)
        self.expectedFiner = [odd, even]
        self.pieces.insert(.finerBlocks(0), at: 0)
    }

    /// The first in chunks of many sizes and with an end of many rows, and the second on top of what of it may serve others.
    private func computeInFinerBlocks(_ index: Int) throws(RequestFault) {
        let slot = SlotID(1)
        let blocks = Self.finerBlocks[index]
        self.calls.context?.clear(slot)
        var position = 0
        for extra in [0, 1, 3, 0, 5] {
            let size = blocks.least + extra * blocks.cut
            guard position + size + blocks.least <= Self.oddLength else { continue }
            try self.calls.compute(position, size, in: 1)
            position += size
        }
        let odd = try self.calls.compute(position, Self.oddLength - position, in: 1, wantsLogits: true)
        let serving = Self.oddLength / blocks.cut * blocks.cut
        if serving < Self.oddLength, !(self.calls.context?.removeTail(slot, from: serving) ?? false) { return }
        let even = try self.calls.compute(serving, Self.evenLength - serving, in: 1, wantsLogits: true)
        if [odd, even] == self.expectedFiner {
            self.report.blocks = blocks
        } else if Self.finerBlocks.indices.contains(index + 1) {
            self.pieces.insert(.finerBlocks(index + 1), at: 0)
        }
    }

    // MARK: Sequences together

    private func makeManySequences() throws(RequestFault) {
        try self.calls.make(CacheGeometry(slots: self.most, cellsPerSlot: 256))
        self.pieces += (0..<self.most).map { .alone($0) }
        for count in Self.batches.filter({ $0 < self.most }) + [self.most] where count > 1 { self.pieces.append(.together(count)) }
    }

    private func decodeTogether(_ count: Int) throws(RequestFault) {
        guard try self.decode(Array(0..<count)).rows == Array(self.alone[..<count]) else {
            self.pieces = [.loss]
            return
        }
        self.report.decodeBatch = count
    }

    /// The next token of each sequence after the prefix, in one batch.
    private func decode(_ sequences: [Int]) throws(RequestFault) -> (rows: [[Float]], time: Duration) {
        try self.calls.decode(sequences, after: self.prefix, at: Self.start)
    }

    private func measureLoss() throws(RequestFault) {
        let all = Array(0..<self.most)
        var together = Duration.seconds(1_000)
        var split = together
        for _ in 0..<2 {
            together = min(together, try self.decode(all).time)
            var time = Duration.zero
            for rows in all.split(intoAtMost: self.report.decodeBatch) { time += try self.decode(Array(rows)).time }
            split = min(split, time)
        }
        self.report.decodeCost = Self.loss(together, instead: split)
    }

    private static func loss(_ fast: Duration, instead slow: Duration) -> Double {
        slow > fast ? 1 - fast / slow : 0
    }

    private func computeLast(in slot: Int32) throws(RequestFault) -> [Float] {
        try self.calls.compute(Self.start, Self.block, in: slot, wantsLogits: true)
    }
}
