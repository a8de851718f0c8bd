import Foundation
import ModelStore
package import Mullama

/// What the models that a server was started for take in memory, and what there is: to be printed at the start, before anything is loaded.
package struct ServePlan: Sendable, Hashable {
    package struct Model: Sendable, Hashable {
        package var name: String
        /// Contexts computed together, and tokens of each.
        package var parallel: Int
        package var contextSize: Int
        package var cacheType: CacheType
        package var estimate: MemoryEstimate
        /// Whether that is within the budget.
        package var fits: Bool
        /// The most contexts of that size that are, up to ``parallel``; 0 if none is.
        package var largestParallel: Int
        /// A size that so many contexts fit with; 0 if none does.
        package var fittingContextSize: Int
    }

    /// The models that were named at the start, the default one first.
    package var models: [Model]
    /// Bytes that all models together may take.
    package var budget: Int

    /// Bytes that all of them take when all of their contexts are full.
    package var total: Int { self.models.reduce(0) { Self.sum($0, $1.estimate.most) } }

    /// - Throws: ``MullamaError`` for a file whose header cannot be read, or which the parameters do not go with.
    init(_ references: [ModelReference], _ params: ModelParams, budget: Int) throws(MullamaError) {
        var models: [Model] = []
        for reference in references { models.append(try Model(reference, params, budget: budget)) }
        self.models = models
        self.budget = budget
    }

    /// - Throws: ``MullamaError/Code/outOfMemory``, with all figures and what to lower, if the default model does not fit.
    package func validate() throws(MullamaError) {
        guard let model = self.models.first, !model.fits else { return }
        throw MullamaError(
            .outOfMemory,
            "\(model.name) takes up to \(ByteCount(model.estimate.most)) (\(model.parts)), and there are \(ByteCount(self.budget)) for models: "
                + model.advice
        )
    }

    /// A line for each model, and one for all.
    package var text: String {
        var lines = ["memory for models: \(ByteCount(self.budget))"]
        for (index, model) in self.models.enumerated() {
            let note = index == 0 ? " (default)" : ""
            lines.append("  \(model.name)\(note): up to \(ByteCount(model.estimate.most)) (\(model.parts))")
            if !model.fits { lines.append("    does not fit: \(model.advice)") }
        }
        if self.models.count > 1 {
            let end =
                self.total <= self.budget ? "" : ", more than there is: the least recently used are unloaded when others need their memory"
            lines.append("  all of them: up to \(ByteCount(self.total))\(end)")
        }
        return lines.joined(separator: "\n")
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

extension ServePlan.Model {
    fileprivate init(_ reference: ModelReference, _ params: ModelParams, budget: Int) throws(MullamaError) {
        let header = try MemoryEstimate.header(modelAt: reference.url, params)
        func fits(parallel: Int, contextSize: Int) -> Bool {
            var params = params
            params.contextSize = contextSize
            return MemoryEstimate(header, params, parallel: parallel).most <= budget
        }
        let size = header.contextSize(params)
        // The cache grows in powers of two, so that fewer contexts may take more while it grows.
        self.init(
            name: reference.name,
            parallel: params.parallel,
            contextSize: size,
            cacheType: params.cacheType,
            estimate: MemoryEstimate(header, params, parallel: params.parallel),
            fits: fits(parallel: params.parallel, contextSize: size),
            largestParallel: (1...params.parallel).last { fits(parallel: $0, contextSize: size) } ?? 0,
            // Cells come in blocks of 256 tokens.
            fittingContextSize: Self.largest(upTo: size / 256) { fits(parallel: params.parallel, contextSize: $0 * 256) } * 256
        )
    }

    /// A number up to the limit that holds, the largest where what holds for one holds for all smaller; 0 if none does.
    private static func largest(upTo limit: Int, where holds: (Int) -> Bool) -> Int {
        var (holding, failing) = (0, limit + 1)
        while failing - holding > 1 {
            let middle = holding + (failing - holding) / 2
            if holds(middle) { holding = middle } else { failing = middle }
        }
        return holding
    }

    fileprivate var parts: String {
        let contexts = self.parallel == 1 ? "1 context" : "\(self.parallel) contexts"
        return
            "weights \(ByteCount(self.estimate.weights)), \(self.cacheType.rawValue) cache \(ByteCount(self.estimate.cache)) for \(contexts) of "
            + "\(self.contextSize) tokens, buffers \(ByteCount(self.estimate.compute))"
    }

    fileprivate var advice: String {
        var ways: [String] = []
        if self.largestParallel > 0 { ways.append("lower parallel to \(self.largestParallel)") }
        if self.fittingContextSize > 0 { ways.append("lower the context size to \(self.fittingContextSize)") }
        if ways.isEmpty { ways.append("use a smaller model or quantization") }
        return ways.joined(separator: ", or ") + ", or give models more memory"
    }
}
