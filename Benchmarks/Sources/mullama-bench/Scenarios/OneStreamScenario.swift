import Foundation
import Mullama

struct OneStreamScenario: Scenario {
    let summary = "one stream of 128 tokens through AsyncContext.stream against a bare llama_decode loop, alternating"

    func run(_ setup: BenchSetup) async throws -> [Measurement] {
        let model = try await setup.load(parallel: 1, contextSize: 512)
        let prompt = try await model.tokenize("Once upon a time, in a small village by the sea, there lived an old fisherman who")
        let threads = setup.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let bare = try BareLoop(path: try ModelPath.of(setup.model), threads: threads, contextSize: 512)
        let options = GenerationOptions(temperature: 0)

        var ours: [Double] = []
        var theirs: [Double] = []
        for run in 0...setup.runs {
            let theirSpeed = bare.generate(prompt, count: 128).speed
            let context = AsyncContext(model)
            let stream = context.stream(prompt, maxTokens: 128, options: options)
            var first: ContinuousClock.Instant?
            var last = ContinuousClock.now
            var count = 0
            for try await chunk in stream {
                last = .now
                if first == nil { first = last } else { count += chunk.tokens.count }
            }
            await context.clear()
            guard run > 0, let first else { continue }
            ours.append(Double(count) / ((last - first) / .seconds(1)))
            theirs.append(theirSpeed)
        }
        return [
            Measurement(name: "bare loop", unit: "tok/s", values: theirs),
            Measurement(name: "AsyncContext.stream", unit: "tok/s", values: ours),
            Measurement(name: "ratio", unit: "×", values: zip(ours, theirs).map { $0 / $1 }, bar: "≥ 0.97"),
        ]
    }
}
