import ArgumentParser
import Foundation
import ModelStore
import Mullama

/// `mullama plan`: whether a model fits this machine, before it is loaded.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a model will take in memory, and whether that fits.",
        discussion: """
            Reads the header of the model's file only. The cache is what contexts take when they are full; it grows with use. The weights are \
            mapped from the file: the system can give their memory to others and read them again.
            """
    )

    @Argument(help: "A name in the store, or the path of a GGUF file.", completion: ModelName.completion)
    var model: String

    @Option(parsing: .unconditional, help: "Contexts in use at the same time, 1 to 256.")
    var parallel = 1

    @Option(
        parsing: .unconditional,
        help: "Tokens of each context; by default 4096, or what the model was trained for if that is less."
    )
    var ctxSize: Int?

    @Flag(help: "Print a JSON object, with bytes.")
    var json = false

    func run() throws {
        let model = try StoreAccess.resolve(self.model)
        let header = try StoreAccess.header(model)
        // The library's check of both values.
        _ = try MemoryEstimate.for(modelAt: model.url, contextSize: self.ctxSize, parallel: self.parallel)
        let plan = MemoryPlan(
            model: model.name?.description ?? model.url.path,
            header: header,
            contextSize: self.ctxSize ?? min(4096, header.trainingContextSize ?? 4096),
            parallel: self.parallel,
            memory: (SystemMemory.total, SystemMemory.available)
        )
        try Output.standard.write(self.json ? JSONText.document(plan) : plan.table.text)
    }
}
