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

    @Option(
        parsing: .unconditional,
        help: .init("Contexts in use at the same time, 1 to 256 or auto. \(ParallelChoice.explanation).", valueName: "number|auto")
    )
    var parallel = ParallelChoice.count(1)

    @Option(
        parsing: .unconditional,
        help: "Tokens of each context; by default 4096, or what the model was trained for if that is less."
    )
    var ctxSize: Int?

    @Option(help: .init(CacheType.explanation))
    var cacheType = CacheType.f16

    @Flag(help: "Print a JSON object, with bytes.")
    var json = false

    func run() throws {
        let model = try StoreAccess.resolve(self.model)
        let header = try StoreAccess.header(model)
        let parallel = try self.parallel.number {
            try MemoryEstimate.recommendedParallel(modelAt: model.url, contextSize: self.ctxSize, cacheType: self.cacheType)
        }
        // The library's check of all values.
        _ = try MemoryEstimate.for(modelAt: model.url, contextSize: self.ctxSize, parallel: parallel, cacheType: self.cacheType)
        let plan = MemoryPlan(
            model: model.name?.description ?? model.url.path,
            header: header,
            contextSize: self.ctxSize ?? min(4096, header.trainingContextSize ?? 4096),
            parallel: parallel,
            cacheType: self.cacheType,
            memory: (SystemMemory.total, SystemMemory.available)
        )
        try Output.standard.write(self.json ? JSONText.document(plan) : plan.table.text)
    }
}
