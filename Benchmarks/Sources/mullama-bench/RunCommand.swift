import ArgumentParser
import Foundation
import Mullama

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measures, prints a table, and keeps the figures.",
        discussion: "Each figure is the median of several runs, with the smallest and the largest beside it."
    )

    @Argument(help: "What to measure; all of it if none is named.")
    var scenarios: [ScenarioName] = []

    @Option(help: "A model in the store or a path.")
    var model = "smollm2:135m"

    @Option(help: "Runs of each measurement.")
    var runs = 3

    @Option(help: "Threads that compute; one for each core if not given.")
    var threads: Int?

    @Option(help: "The llama-server to measure against. Without it, ours alone is measured.")
    var server: String?

    @Option(help: "The mullama whose serve is measured beside the library.")
    var daemon: String?

    @Option(help: "What llama-server is fastest with, as one string.")
    var serverFlags = "--flash-attn off"

    @Option(help: "A file to write every figure to, and when each token came, as JSON.")
    var json: String?

    @Option(
        help:
            "A folder with a benchmarks.md to write anew, plots beside it. What was not measured now is kept, if it was on such a machine."
    )
    var report: String?

    func validate() throws {
        guard self.runs > 0 else { throw ValidationError("--runs is \(self.runs): it must be at least 1.") }
        guard self.threads ?? 1 > 0 else { throw ValidationError("--threads must be at least 1.") }
    }

    func run() async throws {
        let setup = BenchSetup(
            model: self.model,
            runs: self.runs,
            threads: self.threads ?? ProcessInfo.processInfo.activeProcessorCount,
            server: self.server,
            daemon: self.daemon,
            tunedFlags: self.serverFlags.split(separator: " ").map(String.init)
        )
        let conditions = Conditions(setup)
        Self.say("\(conditions)")
        Self.say("same answers under load: \(try await setup.check())")
        var found: [Record] = []
        var failed: [ScenarioName] = []
        for name in self.scenarios.isEmpty ? ScenarioName.allCases : self.scenarios {
            Self.say("\n\(name.rawValue): \(name.scenario.summary)")
            do {
                let watch = DisturbanceWatch()
                let findings = try await name.scenario.run(setup)
                let record = Record(name, conditions, findings, watch.disturbance)
                for row in record.findings.rows { Self.say("  \(row)") }
                if let disturbance = record.disturbance { Self.say("  meanwhile \(disturbance)") }
                found.append(record)
                try self.keep(found)
            } catch {
                // The others are worth their time.
                Self.say("  failed: \(error)")
                failed.append(name)
            }
        }
        guard failed.isEmpty else { throw BenchError("failed: \(failed.map(\.rawValue).joined(separator: ", "))") }
    }

    /// After each scenario, so that an end before the last loses nothing.
    private func keep(_ found: [Record]) throws {
        if let json = self.json { try Record.encoder.encode(found).write(to: URL(filePath: json)) }
        if let report = self.report { try Report(folder: URL(filePath: report), model: self.model).add(found) }
    }

    /// At once, also where standard output is a file.
    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
