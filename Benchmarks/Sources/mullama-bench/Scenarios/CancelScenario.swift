import Foundation
import Mullama

/// The bars of cancellation: how soon a slot is free again, what those who generate meanwhile notice, and what is left behind.
struct CancelScenario: Scenario {
    let summary = "200 calls that are cancelled, dropped, late or wrong at random moments, while 4 streams generate"
    private static let calls = 200

    func run(_ setup: BenchSetup) async throws -> Findings {
        let model = try await setup.load(parallel: 6, contextSize: 2048)
        let baseline = try await Self.medianGap(model)
        // What is made once is not a leak: caches, buffers and the threads of pools.
        try await Self.disturb(model, calls: 20, seed: 1)
        let before = (memory: ProcessMemory.resident, threads: ProcessThreads.count)

        let streams = Task { try await Self.stream(model) }
        try await Self.disturb(model, calls: Self.calls, seed: 2)
        streams.cancel()
        let gaps = Spread(try await streams.value)
        // A call that comes after the cancels is served after them.
        _ = try await model.generate("The end", maxTokens: 1)
        let after = (memory: ProcessMemory.resident, threads: ProcessThreads.count)
        let cancels = Spread(model.recentGenerations.suffix(Self.calls).compactMap(\.cancelLatency).map { $0 / .milliseconds(1) })
        precondition(model.generations.isEmpty, "generations are left over")

        return Findings(rows: [
            Row("200 cancels beside 4 streams: until the slot works for another", unit: "ms", ours: cancels.values),
            Row("the same, 99th percentile", unit: "ms", ours: [cancels.percentile(99)], bar: .atMost(150)),
            Row("gaps of 4 streams with nobody else", unit: "ms", ours: [baseline]),
            Row("gaps of the 4 streams", unit: "ms", ours: gaps.values),
            Row("their 99th percentile over their median", unit: "×", ours: [gaps.percentile(99) / gaps.median], bar: .atMost(2)),
            Row("their longest over their median", unit: "×", ours: [gaps.largest / gaps.median], bar: .atMost(2)),
            Row("resident memory added by the cancels", unit: "MB", ours: [Double(after.memory - before.memory) / 1e6], bar: .atMost(5)),
            Row("threads added by the cancels", unit: "", ours: [Double(after.threads - before.threads)], bar: .atMost(0)),
        ])
    }

    /// Calls one after the other, each ended in a way of its own at a moment of its own.
    private static func disturb(_ model: AsyncModel, calls: Int, seed: UInt64) async throws {
        var random = RandomNumbers(seed)
        for call in 0..<calls {
            let words = (0..<Int.random(in: 10...400, using: &random)).map { "\($0 * call % 991)" }.joined(separator: " ")
            let moment = Duration.milliseconds(Int.random(in: 0...400, using: &random))
            let context = AsyncContext(model)
            switch call % 5 {
            case 0:
                let task = Task { try await context.generate(words, maxTokens: 500) }
                try await Task.sleep(for: moment)
                task.cancel()
                _ = await task.result
            case 1:
                let token = CancellationToken()
                let stream = context.stream(words, maxTokens: 500, options: .init(cancellation: token))
                try await Task.sleep(for: moment)
                token.cancel()
                _ = try? await stream.collect()
            case 2:
                _ = try? await context.generate(words, maxTokens: 500, options: .init(deadline: moment + .milliseconds(1)))
            case 3:
                let stream = context.stream(words, maxTokens: 500)
                try await Task.sleep(for: moment)
                withExtendedLifetime(stream) {}
            default:
                _ = try? await withTimeout(moment + .milliseconds(1)) { try await context.generate(words, maxTokens: 500) }
                _ = try? await context.generate(words, options: .init(grammar: "root ::= nowhere"))
            }
        }
        // The last one's slot is free when a call after it was served.
        _ = try await model.generate("The end", maxTokens: 1)
    }

    /// The gaps between the parts of 4 answers, in milliseconds, until the task is cancelled.
    private static func stream(_ model: AsyncModel) async throws -> [Double] {
        await withTaskGroup(of: [Double].self) { group in
            for index in 0..<4 {
                group.addTask {
                    var gaps: [Double] = []
                    while !Task.isCancelled {
                        gaps += await Self.gaps(of: AsyncContext(model).stream("Story number \(index):", maxTokens: 1500))
                    }
                    return gaps
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func gaps(of stream: GenerationStream) async -> [Double] {
        var gaps: [Double] = []
        var last: ContinuousClock.Instant?
        do {
            for try await _ in stream {
                let now = ContinuousClock.now
                if let last { gaps.append((now - last) / .milliseconds(1)) }
                last = now
            }
        } catch {
            // Cancelled: what was measured by then counts.
        }
        return gaps
    }

    private static func medianGap(_ model: AsyncModel) async throws -> Double {
        let streams = Task { try await Self.stream(model) }
        try await Task.sleep(for: .seconds(4))
        streams.cancel()
        return Spread(try await streams.value).median
    }
}
