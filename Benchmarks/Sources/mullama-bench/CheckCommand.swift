import ArgumentParser
import Mullama

/// What another process of this program is asked for before anything is measured: a model that was never checked on this machine would be
/// checked between two scenarios, and be measured with other bounds before and after.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Finds out within which bounds the model's answers do not depend on load, if that is not known.",
        shouldDisplay: false
    )

    @Option
    var model: String

    @Option
    var threads: Int

    func run() async throws {
        var params = ModelParams(threads: self.threads, parallel: BenchSetup.slots, contextSize: BenchSetup.contextSize)
        params.reproducibility = .strict
        let model = try await AsyncModel.load(self.model, params)
        print(model.info.reproducibility.reason)
        await model.close()
    }
}
