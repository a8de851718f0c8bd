import ArgumentParser
import InferenceCore
import SchedulerSimulator

/// What `replay` gives the scheduler to work with.
struct ReplayLimits: ParsableArguments {
    @Option(help: .init("The machine: cpu2, gpu-like, or a JSON file.", valueName: "cpu2|gpu-like|file"))
    var profile = ProfileChoice.cpu2

    @Option(parsing: .unconditional, help: "The most requests that are computed together, 1 to 4096.")
    var parallel = 16

    @Option(parsing: .unconditional, help: .init("Tokens of each context, instead of what the trace says.", valueName: "tokens"))
    var ctxSize: Int?

    @Option(parsing: .unconditional, help: .init("The longest that prompts may hold up answers.", valueName: "milliseconds"))
    var maxStall = 100.0

    @Option(parsing: .unconditional, help: "The part of the time that prompts may take while others are answered, 0.05 to 1.")
    var prefillShare = PrefillPolicy().share

    @Option(
        parsing: .unconditional,
        help: .init("Cells of the cache; by default enough for --parallel contexts of the trace's largest size.", valueName: "tokens")
    )
    var cacheCells: Int?

    @Option(parsing: .unconditional, help: .init("The most tokens of prefixes kept outside of the cache.", valueName: "tokens"))
    var parkedTokens = 100_000

    @Option(parsing: .unconditional, help: .init("The most requests that may wait; by default any number.", valueName: "requests"))
    var maxQueue: Int?

    @Option(parsing: .unconditional, help: .init("The longest that a request may wait; by default for ever.", valueName: "seconds"))
    var maxWait: Double?

    func validate() throws {
        func require(_ value: Int?, in range: ClosedRange<Int>, _ name: String) throws {
            guard let value, !range.contains(value) else { return }
            throw ValidationError("\(name) is \(value): it must be \(range.lowerBound) to \(range.upperBound)")
        }
        try require(self.parallel, in: 1...4_096, "--parallel")
        try require(self.ctxSize, in: 1...(1 << 24), "--ctx-size")
        try require(self.cacheCells, in: 1...(1 << 40), "--cache-cells")
        try require(self.parkedTokens, in: 0...(1 << 40), "--parked-tokens")
        try require(self.maxQueue, in: 0...(1 << 40), "--max-queue")
        guard 0.001...1e8 ~= self.maxWait ?? 1 else {
            throw ValidationError("--max-wait is \(self.maxWait ?? 0): it must be 0.001 to 100000000 seconds")
        }
        guard 0.001...1e9 ~= self.maxStall else {
            throw ValidationError("--max-stall is \(self.maxStall): it must be 0.001 to 1000000000 milliseconds")
        }
        guard 0.05...1 ~= self.prefillShare else {
            throw ValidationError("--prefill-share is \(self.prefillShare): it must be 0.05 to 1")
        }
    }

    var policy: PrefillPolicy { PrefillPolicy(maxStall: .milliseconds(self.maxStall), share: self.prefillShare) }

    func apply(to trace: Trace) -> Trace {
        guard let size = self.ctxSize else { return trace }
        return Trace(
            trace.entries.map { entry in
                var entry = entry
                entry.contextSize = size
                return entry
            }
        )
    }

    /// The same that a model is loaded with.
    func schedulerLimits(for trace: Trace) -> SchedulerLimits {
        let largest = trace.entries.map(\.contextSize).max() ?? 0
        return SchedulerLimits(
            parallel: self.parallel,
            firstSlots: 1,
            shrinkAfter: .seconds(30),
            cells: self.cacheCells ?? CacheGeometry(slots: self.parallel, cellsPerSlot: largest).cells,
            queueLimit: self.maxQueue,
            waitLimit: self.maxWait.map { .seconds($0) },
            parkedTokens: self.parkedTokens
        )
    }
}
