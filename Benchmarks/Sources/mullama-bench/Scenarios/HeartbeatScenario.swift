import Foundation
import Mullama

struct HeartbeatScenario: Scenario {
    let summary = "a main-actor heartbeat every 10 ms while a prompt of half the context prefills: how late a beat comes at worst"

    func run(_ setup: BenchSetup) async throws -> Findings {
        let contextSize = 2048
        let model = try await setup.load(parallel: 1, contextSize: contextSize)
        let words = (0..<contextSize).map { "word\($0 % 97)" }.joined(separator: " ")
        let prompt = Array(try await model.tokenize(words).prefix(contextSize / 2))
        var worst: [Double] = []
        var idle: [Double] = []
        for _ in 0..<setup.runs {
            idle.append(try await Heartbeat.worstDelay { try await Task.sleep(for: .seconds(1)) })
            worst.append(
                try await Heartbeat.worstDelay {
                    let context = AsyncContext(model)
                    _ = try await context.stream(prompt, maxTokens: 1).collect()
                    await context.clear()
                }
            )
        }
        return Findings(rows: [
            Row("lateness of a main-actor heartbeat, idle", unit: "ms", ours: idle),
            Row("the same while 1,024 tokens prefill", unit: "ms", ours: worst, bar: .below(20)),
        ])
    }
}

@MainActor
private enum Heartbeat {
    static let period = Duration.milliseconds(10)

    static func worstDelay(during body: @escaping @Sendable () async throws -> Void) async throws -> Double {
        let work = Task.detached { try await body() }
        let beats = Task { @MainActor in
            var worst = Duration.zero
            while !Task.isCancelled {
                let due = ContinuousClock.now + Self.period
                try? await Task.sleep(until: due)
                worst = max(worst, ContinuousClock.now - due)
            }
            return worst
        }
        try await work.value
        beats.cancel()
        return await beats.value / .milliseconds(1)
    }
}
