import ArgumentParser

@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mullama-bench",
        abstract: "Measures Mullama against llama-server, and the library against a baseline in the same process.",
        subcommands: [RunCommand.self, CheckCommand.self, ResidentCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
