import ArgumentParser
import Foundation
import ModelImport
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

            With --formats it measures instead what other formats of the model's weights would give, by converting its file with llama.cpp's \
            own quantiser, and --write puts such a copy into the store.

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

    @Flag(help: "Measure other formats of the model's weights: speed, size, and perplexity on a fixed text. Their files are temporary.")
    var formats = false

    @Option(help: "Convert the model to this format and add it to the store.")
    var write: WeightFormat?

    @Option(
        name: .customLong("as"),
        help: "The name of the copy; by default the model's with the format behind it, as in smollm2:135m-q4_0."
    )
    var newName: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    enum Reproducible: String, ExpressibleByArgument, CaseIterable {
        case strict, relaxed
    }

    func validate() throws {
        guard self.time > 0, self.time.isFinite, self.time <= 86_400 else {
            throw ValidationError("--time is \(self.time): it must be above 0, and at most 86400")
        }
        guard self.newName == nil || self.write != nil else { throw ValidationError("--as names the copy that --write makes: give both") }
        guard !self.forget || !self.formats && self.write == nil && !self.dryRun else {
            throw ValidationError("--forget takes back what was remembered and does nothing else: give it alone")
        }
    }

    func run() throws {
        // Refused before anything is measured.
        let copy = try self.write.map { (format: $0, name: try self.copyName($0)) }
        try Interruption.shared.run {
            if self.forget { return try await self.forgetChoice() }
            if self.formats { try await self.measureFormats() }
            if let copy { return try await self.write(copy.format, as: copy.name) }
            if !self.formats { try await self.measure() }
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

    private func measureFormats() async throws {
        let progress = ProgressLine("Measuring formats of \(self.model)")
        defer { progress.erase() }
        let table = FormatTable(report: try await self.tuner.formats(onProgress: progress.show))
        progress.erase()
        try await Output.standard.send(self.json ? JSONText.document(table) : table.text)
    }

    /// - Throws: If it is taken, or cannot be made from the model's.
    private func copyName(_ format: WeightFormat) throws -> ModelName {
        let text: String
        if let newName = self.newName {
            text = newName
        } else if let name = try StoreAccess.resolve(self.model).name {
            text = "\(name)-\(format.rawValue.lowercased())"
        } else {
            throw ValidationError("\(self.model) is a path and not a name: give the copy's name with --as")
        }
        let name = try ModelName(parsing: text)
        if try ModelStore().model(named: name) != nil {
            throw ModelStoreError(
                .alreadyExists,
                "\(name) is in the store: give another name with --as, or remove it with `mullama remove`"
            )
        }
        return name
    }

    private func write(_ format: WeightFormat, as name: ModelName) async throws {
        let source = try StoreAccess.resolve(self.model)
        let stored = try source.name.flatMap { try ModelStore().model(named: $0) }
        let quantization = try StoreAccess.header(source).quantization ?? "unknown"
        let progress = ProgressLine("Converting to \(format)")
        defer { progress.erase() }
        let convert: @Sendable (Double) -> Void = { progress.show($0 * 0.9) }
        let model = try await self.tuner.withConverted(to: format, onProgress: convert) { url in
            try await Blocking.run {
                try ModelStore().add(
                    contentsOf: url,
                    as: name,
                    license: stored?.license,
                    source: "requantised from \(source.name?.description ?? source.url.path) (\(quantization)) to \(format)",
                    onProgress: { progress.show(0.9 + $0 * 0.1) },
                    isCancelled: { Interruption.shared.hasCome }
                )
            }
        }
        progress.erase()
        let line = "Wrote \(model.name), \(ByteCount(model.size)), requantised from \(quantization).\n"
        if self.json, !self.formats {
            try await Output.standard.send(JSONText.document(ListedModel(model, try GGUFHeader(contentsOf: model.url))))
        } else {
            // With --json, standard output holds one object and nothing else.
            try await (self.json ? Output.error : Output.standard).send(line)
        }
    }
}
