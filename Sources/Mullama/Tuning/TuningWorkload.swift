import InferenceCore

/// What a round computes.
public struct TuningWorkload: Sendable, Hashable, Codable {
    /// Tokens of the short prompt.
    public var prompt = 256
    /// Tokens that the deep figures are measured behind.
    public var depth = 1_024
    /// Tokens of the prompt behind them.
    public var deepPrompt = 128
    /// Steps that generate, for one stream; a third of it for several.
    public var steps = 24
    /// How many several streams are.
    public var streams = 8

    public init() {}

    var geometry: CacheGeometry {
        let deepest = max(self.depth + self.deepPrompt, self.prompt) + 2 * self.steps
        return CacheGeometry(slots: self.streams, cellsPerSlot: (deepest + 255) / 256 * 256)
    }

    var streamSteps: Int { max(4, self.steps / 3) }

    /// The most that can be measured in a time, and that fits into memory.
    ///
    /// - Parameters:
    ///   - seconds: Of one round of one candidate, and of computing the depth once.
    ///   - prefill: Tokens per second of a short prompt.
    ///   - decode: Steps per second of one stream.
    ///   - largestDepth: What the model's context holds.
    ///   - fits: Whether there is memory for a cache.
    static func fitting(
        seconds: Double,
        prefill: Double,
        decode: Double,
        largestDepth: Int,
        fits: (CacheGeometry) -> Bool
    ) -> TuningWorkload {
        var load = TuningWorkload()
        while load.depth + load.deepPrompt + 2 * load.steps > largestDepth, load.depth > 64 { load.depth /= 2 }
        while load.depth > 128, Double(load.depth) / prefill > 3 * seconds { load.depth /= 2 }
        while load.seconds(prefill: prefill, decode: decode) > seconds, load.prompt > 32 {
            load.prompt = max(32, load.prompt / 2)
            load.deepPrompt = max(32, load.deepPrompt / 2)
            load.steps = max(6, load.steps / 2)
        }
        // A fast machine can tell larger micro-batches apart.
        while load.prompt < 1_024, 2 * load.prompt + 2 * load.steps <= largestDepth {
            var longer = load
            longer.prompt *= 2
            guard longer.seconds(prefill: prefill, decode: decode) < seconds / 2 else { break }
            load = longer
        }
        while !fits(load.geometry), load.depth > 128 { load.depth /= 2 }
        while !fits(load.geometry), load.streams > 2 { load.streams /= 2 }
        return load
    }

    /// What a round takes, if depth costs a third and each further stream half of a step.
    private func seconds(prefill: Double, decode: Double) -> Double {
        let prompts = (Double(self.prompt) + 1.5 * Double(self.deepPrompt)) / prefill
        let steps = Double(self.steps) * 2.5 + Double(self.streamSteps) * (1 + Double(self.streams - 1) / 2)
        return prompts + steps / decode
    }
}
