struct RefusalsScenario: Scenario {
    let summary = "1,000 requests wait at mullama serve, and more come: how soon they are refused, and what that costs"
    private static let waiting = 1_000
    private static let slots = 4
    private static let refused = 500

    func run(_ setup: BenchSetup) async throws -> Findings {
        guard let program = setup.daemon else { return Findings(rows: []) }
        let daemon = try await Daemon(
            program: program,
            model: try ModelPath.of(setup.model),
            slots: Self.slots,
            // As large as the smallest cache, so that it does not grow while memory is looked at.
            contextSize: 512,
            threads: setup.threads,
            flags: ["--max-queue", "\(Self.waiting)"]
        )
        do {
            let findings = try await Self.refuse(daemon)
            await daemon.stop()
            return findings
        } catch {
            await daemon.stop()
            throw error
        }
    }

    private static func refuse(_ daemon: Daemon) async throws -> Findings {
        let client = daemon.process.client
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<(Self.slots + Self.waiting) {
                group.addTask { try? await daemon.stream(Prompts.short(number), tokens: 4_000) { _, _ in } }
            }
            while try await client.liveRequests() < Self.slots + Self.waiting { try await Task.sleep(for: .milliseconds(50)) }
            let before = daemon.process.resident
            var times: [Double] = []
            for _ in 0..<Self.refused {
                let begin = ContinuousClock.now
                let status = try await client.post("/v1/completions", Array(#"{"prompt": "Hi", "max_tokens": 1}"#.utf8))
                times.append((ContinuousClock.now - begin) / .milliseconds(1))
                guard status == 429 || status == 503 else { throw BenchError("a request too many is answered with status \(status)") }
            }
            let growth = Double(daemon.process.resident - before) / 1e6
            group.cancelAll()
            try await group.waitForAll()
            return Findings(rows: [
                Row("1,000 requests wait: one more is refused after", unit: "ms", [.daemon: times], bar: .below(5)),
                Row("memory after \(Self.refused) refusals, more than before", unit: "MB", [.daemon: [growth]], bar: .atMost(5)),
            ])
        }
    }
}
