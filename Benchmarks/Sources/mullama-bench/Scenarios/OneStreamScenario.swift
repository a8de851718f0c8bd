import Foundation
import Mullama

struct OneStreamScenario: Scenario {
    let summary = "inter-token latency of one stream through AsyncContext.stream against a bare llama_decode loop, in turn"

    func run(_ setup: BenchSetup) async throws -> [Measurement] {
        let model = try await setup.load(parallel: 1, contextSize: 512)
        let prompt = try await model.tokenize("Once upon a time, in a small village by the sea, there lived an old fisherman who")
        let threads = setup.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let bare = try BareLoop(path: try ModelPath.of(setup.model), threads: threads, contextSize: 512)
        let options = GenerationOptions(temperature: 0)

        // Many short runs in turn, and the median gap of each: single gaps of a busy machine do not count, the machine's drift hits both.
        var ours: [Double] = []
        var theirs: [Double] = []
        for run in 0...(4 * setup.runs) {
            let bareGaps = bare.generate(prompt, count: 33)
            let context = AsyncContext(model)
            var ourGaps: [Double] = []
            var last: ContinuousClock.Instant?
            for try await _ in context.stream(prompt, maxTokens: 33, options: .greedy) {
                let now = ContinuousClock.now
                if let last { ourGaps.append((now - last) / .milliseconds(1)) }
                last = now
            }
            await context.clear()
            guard run > 0 else { continue }
            theirs.append(Measurement.median(of: bareGaps))
            ours.append(Measurement.median(of: ourGaps))
        }
        return [
            Measurement(name: "bare loop, median gap", unit: "ms", values: theirs),
            Measurement(name: "AsyncContext.stream, median gap", unit: "ms", values: ours),
            Measurement(name: "speed of ours to the bare loop's", unit: "×", values: zip(ours, theirs).map { $1 / $0 }, bar: "≥ 0.97"),
        ]
    }
}
