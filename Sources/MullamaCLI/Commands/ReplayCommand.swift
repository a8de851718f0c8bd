import ArgumentParser
import InferenceCore
import Mullama
import SchedulerSimulator

/// `mullama replay`: what the scheduler would make of traffic, without a model.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run recorded or made-up traffic through the scheduler, in virtual time.",
        usage: """
            mullama replay TRACE.jsonl [options]
            mullama replay --generate KIND [--seed NUMBER] [--rate NUMBER] [--duration SECONDS] > TRACE.jsonl
            """,
        discussion: """
            A trace has a request on each line, as JSON; run --lines --record writes one. Steps take the time that the machine's profile gives \
            them, so that hours of traffic take seconds. The same trace and options give the same report.
            """
    )

    @Argument(help: "A file with a trace; - for standard input.", completion: .file(extensions: ["jsonl"]))
    var trace: String?

    @OptionGroup(title: "Machine and limits")
    var limits: ReplayLimits

    @Flag(help: "Print the report as a JSON object, with times in seconds.")
    var json = false

    @Option(
        help: .init(
            "Write a made-up trace to standard output instead: \(TraceGenerator.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "kind"
        )
    )
    var generate: TraceGenerator?

    @Option(
        parsing: .unconditional,
        help: "What chance starts from: the same number gives the same trace, and the same variation of steps."
    )
    var seed: UInt64 = 0

    @Option(parsing: .unconditional, help: .init("Requests a second of a made-up trace.", valueName: "number"))
    var rate = 1.0

    @Option(parsing: .unconditional, help: .init("Length of a made-up trace.", valueName: "seconds"))
    var duration = 600.0

    func validate() throws {
        guard (self.generate == nil) != (self.trace == nil) else {
            throw ValidationError("give either a trace or --generate with a kind of traffic")
        }
        guard 1e-6...1e6 ~= self.rate else {
            throw ValidationError("--rate is \(self.rate): it must be 0.000001 to 1000000 requests a second")
        }
        guard 0.001...1e8 ~= self.duration, self.rate * self.duration <= 1e7 else {
            throw ValidationError(
                "--duration is \(self.duration): it must be 0.001 to 100000000 seconds, and no more than 10000000 requests at that rate"
            )
        }
        try self.limits.validate()
    }

    func run() throws {
        if let generate {
            for entry in generate.trace(seed: self.seed, rate: self.rate, duration: .seconds(self.duration)).entries {
                try Output.standard.write(TraceFile.line(entry))
            }
            return
        }
        let isInput = self.trace == "-"
        let text = try isInput ? StandardInput.text() : StandardInput.text(ofFile: self.trace ?? "")
        let trace = self.limits.apply(to: try TraceFile.parse(text, called: isInput ? "standard input" : self.trace ?? ""))
        let report = try Simulation(
            trace,
            on: self.limits.profile.profile(),
            limits: self.limits.schedulerLimits(for: trace),
            policy: self.limits.policy,
            seed: self.seed
        ).run()
        try Output.standard.write(self.json ? JSONText.document(report) : SimulationTable.text(report))
    }
}
