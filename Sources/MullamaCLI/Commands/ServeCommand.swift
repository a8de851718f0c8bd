import ArgumentParser
import MullamaServer

/// `mullama serve`: models for other programs, over HTTP.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve models over HTTP, with OpenAI's and Ollama's APIs.",
        discussion: """
            Runs until SIGTERM or Ctrl+C: then it takes no new requests, lets answers finish within --grace, and ends with status 0. A second \
            signal ends it at once. mullama daemon start does the same in the background.

            Once it listens, standard output has its addresses, one a line: http://127.0.0.1:8080 and unix:/path/to/the/socket. Standard error \
            has what is served, the memory that it may take, and the log.

            Requests that name no model get the first --model; without --model, the model of the store if there is one alone. It is loaded at \
            the start; the others when they are first asked for.

            Each setting is also a variable, such as MULLAMA_MAX_QUEUE for --max-queue (values of a list with commas between), and a key \
            of the file, such as "max-queue". A flag counts before a variable, a variable before the file, which is that of --config, else of \
            MULLAMA_CONFIG, else mullama/serve.json in ~/.config if it is there. --print-config shows what came of it.
            """
    )

    @OptionGroup(title: "Settings")
    var options: ServeOptions

    @Flag(help: "Print every setting, its value and where it comes from, and serve nothing.")
    var printConfig = false

    func run() throws {
        let configuration = try self.options.configuration()
        guard !self.printConfig else {
            let rows = configuration.settings.map { [$0.name.rawValue, $0.text, $0.source.description] }
            try Output.standard.write(TextTable(header: ["SETTING", "VALUE", "FROM"], rows: rows).text)
            return
        }
        try ServeRun(configuration: configuration).run()
    }
}
