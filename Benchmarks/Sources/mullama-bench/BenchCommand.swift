import ArgumentParser
import Foundation
import Mullama

@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mullama-bench",
        abstract: "Measures the library against a baseline in the same process.",
        discussion: "Each figure is the median of several runs, with the smallest and the largest beside it."
    )

    @Argument(help: "What to measure; all of it if none is named.")
    var scenarios: [ScenarioName] = []

    @Option(help: "A model in the store or a path.")
    var model = "smollm2:135m"

    @Option(help: "Runs of each measurement.")
    var runs = 5

    @Option(help: "Threads that compute; one for each core if not given.")
    var threads: Int?

    @Option(help: "A file to write every figure to, as JSON.")
    var json: String?

    func run() async throws {
        let setup = BenchSetup(model: self.model, runs: self.runs, threads: self.threads)
        var measurements: [Measurement] = []
        for name in self.scenarios.isEmpty ? ScenarioName.allCases : self.scenarios {
            print("\(name.rawValue): \(name.scenario.summary)")
            for measurement in try await name.scenario.run(setup) {
                print("  \(measurement)")
                measurements.append(measurement)
            }
        }
        if let json = self.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(measurements).write(to: URL(filePath: json))
        }
    }
}
