import Foundation
import InferenceCore

/// How surprised a model is by a text: e to the mean of what each token costs, -log of its probability after those before it.
struct Perplexity {
    private static let rows = 64

    /// - Parameter tokens: Two at least.
    static func measure(_ tokens: [Token], weights: ModelWeights, settings: EngineSettings, abort: AbortSignal) throws -> Double {
        let recipe = ContextRecipe(weights: weights, settings: settings, rows: Self.rows, abort: abort)
        let geometry = CacheGeometry(slots: 1, cellsPerSlot: (tokens.count + 255) / 256 * 256)
        var context = try BareContext(recipe, geometry, outputs: Self.rows)
        var sum = 0.0
        for start in stride(from: 0, to: tokens.count, by: Self.rows) {
            let end = min(tokens.count, start + Self.rows)
            try context.computeAll(tokens[start..<end], at: start)
            for index in start..<end where index + 1 < tokens.count {
                sum += self.cost(of: Int(tokens[index + 1].rawValue), UnsafeBufferPointer(try context.logits(row: index - start)))
            }
        }
        return exp(sum / Double(max(1, tokens.count - 1)))
    }

    /// -log of a token's probability.
    static func cost(of token: Int, _ logits: UnsafeBufferPointer<Float>) -> Double {
        guard logits.indices.contains(token) else { return .infinity }
        var largest = -Float.infinity
        for value in logits where value > largest { largest = value }
        var sum = 0.0
        for value in logits { sum += Double(exp(value - largest)) }
        return log(sum) + Double(largest) - Double(logits[token])
    }
}
