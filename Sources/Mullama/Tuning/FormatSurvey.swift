import Foundation
import InferenceCore
import ModelStore

/// Measures a model in one format beside its file as it is. Belongs to one thread.
struct FormatSurvey {
    private static let rounds = 3

    let tokens: [Token]
    let load: TuningWorkload
    let settings: EngineSettings
    let abort: AbortSignal
    let perplexityTokens: Int

    /// - Parameter contextSize: What the model's context holds.
    init(_ weights: ModelWeights, contextSize: Int, settings: EngineSettings, abort: AbortSignal) throws {
        let text = try Vocabulary(weights).tokenize(TuningText.english, addSpecial: true, parseSpecial: false)
        self.tokens = text
        self.settings = settings
        self.abort = abort
        var load = TuningWorkload()
        (load.prompt, load.depth, load.deepPrompt, load.steps) = (128, 128, 32, 18)
        self.load = load
        self.perplexityTokens = min(text.count, contextSize, 1_536)
    }

    func perplexity(_ weights: ModelWeights) throws -> Double {
        try Perplexity.measure(Array(self.tokens[..<self.perplexityTokens]), weights: weights, settings: self.settings, abort: self.abort)
    }

    /// Measures both in turn.
    ///
    /// - Returns: Medians of the other's figures, and of their ratios to the original's in the same round.
    func compare(
        _ other: ModelWeights,
        with original: ModelWeights
    ) throws -> (figures: TuningFigures, originals: TuningFigures, ratios: TuningFigures) {
        let round = CandidateRound(load: self.load, tokens: self.tokens)
        var own: [TuningFigures] = []
        var originals: [TuningFigures] = []
        for _ in 0..<Self.rounds {
            for (weights, isOriginal) in [(original, true), (other, false)] {
                let recipe = ContextRecipe(
                    weights: weights,
                    settings: self.settings,
                    rows: self.settings.microBatch,
                    abort: self.abort
                )
                var deep: SequenceSnapshot?
                let figures = try round.figures(recipe, deep: &deep)
                if isOriginal { originals.append(figures) } else { own.append(figures) }
            }
        }
        guard let figures = TuningFigures.medians(own), let theirs = TuningFigures.medians(originals),
            let ratios = TuningFigures.medians(zip(own, originals).map { $0.ratios(to: $1) })
        else { throw MullamaError(.engineFailed, "nothing could be measured: try again") }
        return (figures, theirs, ratios)
    }
}
