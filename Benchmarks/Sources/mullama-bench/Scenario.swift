import Mullama

/// Something to measure.
protocol Scenario: Sendable {
    var summary: String { get }
    func run(_ setup: BenchSetup) async throws -> [Measurement]
}

struct BenchSetup: Sendable {
    var model: String
    var runs: Int
    var threads: Int?

    func load(parallel: Int = 8, contextSize: Int? = nil) async throws -> AsyncModel {
        try await AsyncModel.load(self.model, ModelParams(threads: self.threads, parallel: parallel, contextSize: contextSize))
    }
}
