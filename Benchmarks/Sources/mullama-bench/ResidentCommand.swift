import ArgumentParser
import Mullama

/// What another process of this program is asked for: memory can only be measured where nothing else was done before.
struct ResidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resident",
        abstract: "Loads a model, promises contexts, and prints the resident bytes.",
        shouldDisplay: false
    )

    @Option
    var model: String

    @Option
    var contexts: Int

    @Option(help: "What each context answers before; 0 for nothing.")
    var tokens: Int

    @Option
    var threads: Int

    func run() async throws {
        let model = try await AsyncModel.load(
            self.model,
            ModelParams(threads: self.threads, parallel: self.contexts, contextSize: BenchSetup.contextSize)
        )
        let contexts = (0..<self.contexts).map { _ in AsyncContext(model) }
        if self.tokens > 0 {
            let streams = contexts.indices.map { contexts[$0].stream(Prompts.short($0), maxTokens: self.tokens, options: .greedy) }
            for stream in streams { _ = try await stream.collect() }
        }
        print(ProcessMemory.resident)
        await model.close()
    }
}
