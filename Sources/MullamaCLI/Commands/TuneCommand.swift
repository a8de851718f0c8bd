import ArgumentParser
import ModelStore
import Mullama

/// `mullama tune`: the settings that suit a model on this machine.
struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Measure which settings suit a model on this machine, and remember them.",
        discussion: """
            Measures the engine's defaults and what differs from them in one thing, in turn, and prints what each gives in tokens per second, \
            with the choice and its reason. Every later load of the model on this machine takes what was chosen. The defaults are good without.

            Takes all cores: let nothing else compute meanwhile. Interrupted, it leaves everything as it was.
            """
    )

    @Argument(help: "A name in the store, or the path of a GGUF file.", completion: ModelName.completion)
    var model: String

    @Option(parsing: .unconditional, help: "The longest that measuring may take, in seconds.")
    var time = 120.0

    @Option(
        help: """
            strict chooses only settings with which an answer does not depend on what else runs, and is the one that the defaults give; \
            relaxed chooses the fastest.
            """
    )
    var reproducible = Reproducible.strict

    @Option(help: "The type of KV cache that settings are chosen for.")
    var cacheType = CacheType.f16

    @Flag(help: "Measure, and remember nothing.")
    var dryRun = false

    @Flag(help: "Forget what was remembered for the model.")
    var forget = false

    @Flag(help: "Print a JSON object.")
    var json = false

    enum Reproducible: String, ExpressibleByArgument, CaseIterable {
        case strict, relaxed
    }

    func validate() throws {
        guard self.time > 0, self.time.isFinite, self.time <= 86_400 else {
            throw ValidationError("--time is \(self.time): it must be above 0, and at most 86400")
        }
    }

    func run() throws {
        try Interruption.shared.run {
            if self.forget { try await self.forgetChoice() } else { try await self.measure() }
        }
    }

    private var tuner: ModelTuner { ModelTuner(self.model, cacheType: self.cacheType) }

    private func measure() async throws {
        let progress = ProgressLine("Measuring \(self.model)")
        defer { progress.erase() }
        let report = try await self.tuner.measure(
            timeLimit: .seconds(self.time),
            allowsOtherAnswers: self.reproducible == .relaxed,
            onProgress: progress.show
        )
        progress.erase()
        if !self.dryRun { try await self.tuner.remember(report) }
        let table = TuningTable(report, isRemembered: !self.dryRun)
        try await Output.standard.send(self.json ? JSONText.document(table) : table.text)
    }

    private func forgetChoice() async throws {
        let isForgotten = try await self.tuner.forget()
        let said = isForgotten ? "Forgot the settings of \(self.model).\n" : "There are no remembered settings of \(self.model).\n"
        try await Output.standard.send(self.json ? JSONText.document(["forgotten": isForgotten]) : said)
    }
}
