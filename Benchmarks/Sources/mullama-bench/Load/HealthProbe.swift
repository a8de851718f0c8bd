/// Asks a server for its health over and over, and notes how long each answer takes.
struct HealthProbe {
    private static let pause = Duration.milliseconds(20)

    private let task: Task<[Double], Never>

    /// Nil for who has no such thing to ask for.
    init?(_ contestant: any Contestant) {
        guard let client = (contestant as? any ServerContestant)?.process.client else { return nil }
        self.task = Task {
            var times: [Double] = []
            while !Task.isCancelled {
                let begin = ContinuousClock.now
                guard (try? await client.get("/health")) != nil else { break }
                times.append((ContinuousClock.now - begin) / .milliseconds(1))
                try? await Task.sleep(for: Self.pause)
            }
            return times
        }
    }

    /// - Returns: The 99th percentile in milliseconds; nil if nothing was answered.
    func stop() async -> Double? {
        self.task.cancel()
        let times = await self.task.value.sorted()
        return times.isEmpty ? nil : times[min(times.count - 1, times.count * 99 / 100)]
    }
}
