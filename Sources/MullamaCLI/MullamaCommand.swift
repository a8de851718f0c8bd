import ArgumentParser
import Mullama

/// `mullama` itself; everything is done by its subcommands.
struct MullamaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mullama",
        abstract: "Runs language models on this machine.",
        discussion: """
            MODEL is a name in the model store, such as smollm2:135m, or the path of a GGUF file.
            The store is the folder in MULLAMA_MODELS, else the folder mullama/models in the user's cache.

            Errors are one line on standard error that ends with the error's code in brackets. Exit statuses:
            \(ExitStatus.help)
            """,
        subcommands: [
            RunCommand.self, ListCommand.self, ShowCommand.self, TokenizeCommand.self, PlanCommand.self, TuneCommand.self,
            DevicesCommand.self, ImportCommand.self, RemoveCommand.self, ReplayCommand.self, ApplyTemplateCommand.self,
            ServeCommand.self, DaemonCommand.self, PsCommand.self, StopCommand.self, ExplainCommand.self,
        ]
    )

    // Not ArgumentParser's own: that would ask the C library at each start.
    @Flag(help: "Show the versions of mullama and llama.cpp, and the CPU features that are used.")
    var version = false

    func run() throws {
        guard self.version else { throw CleanExit.helpRequest() }
        try Output.standard.write(Version.line(llama: LlamaLibrary.version, features: LlamaLibrary.cpuFeatures) + "\n")
    }
}
