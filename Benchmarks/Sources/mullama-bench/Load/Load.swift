import Synchronization

/// Requests to one side, with a clock that all of them share.
final class Load: Sendable {
    private let contestant: any Contestant
    private let begin = ContinuousClock.now
    private let streams = Mutex<[Recording]>([])
    private let milestone: Milestone

    /// - Parameter milestone: How many parts an answer has when ``reached`` counts it.
    init(_ contestant: any Contestant, milestone: Int = 1) {
        self.contestant = contestant
        self.milestone = Milestone(milestone)
    }

    /// Milliseconds since the load began.
    var now: Double { (ContinuousClock.now - self.begin) / .milliseconds(1) }

    var record: LoadRecord { LoadRecord(side: self.contestant.side, streams: self.streams.withLock { $0 }) }

    /// Makes a request and records its answer.
    func request(_ prompt: String, tokens: Int) async throws {
        let index = self.streams.withLock { streams in
            streams.append(Recording(start: self.now))
            return streams.count - 1
        }
        do {
            try await self.contestant.stream(prompt, tokens: tokens) { self.note($0, tokens: $1, of: index) }
        } catch {
            self.milestone.giveUp()
            throw error
        }
        let found = self.streams.withLock { $0[index].tokens }
        guard found == tokens else {
            throw BenchError("\(self.contestant.side.name) answered with \(found) of \(tokens) tokens: the sides would not do equal work")
        }
    }

    private func note(_ text: String, tokens: Int, of index: Int) {
        let now = self.now
        let parts = self.streams.withLock { streams in
            streams[index].parts.append(now)
            streams[index].tokens += tokens
            streams[index].text += text
            return streams[index].parts.count
        }
        self.milestone.count(parts)
    }

    /// Waits until so many answers have come as far as the milestone.
    func reached(_ answers: Int) async { await self.milestone.wait(for: answers) }

    /// All at once.
    static func together(_ prompts: [String], tokens: Int, on contestant: any Contestant) async throws -> LoadRecord {
        let load = Load(contestant)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for prompt in prompts { group.addTask { try await load.request(prompt, tokens: tokens) } }
            try await group.waitForAll()
        }
        try await contestant.settle()
        return load.record
    }
}
