import ArgumentParser
import ModelStore
import Mullama
import MullamaServer

/// `mullama stop`: takes a model out of the daemon's memory.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Unload a model from the running daemon.",
        discussion: """
            Answers that are on their way come to their end first. The next request loads the model again. The daemon itself is stopped by mullama \
            daemon stop.
            """
    )

    @Argument(help: "The model's name.", completion: ModelName.completion)
    var model: String

    func run() throws {
        try DaemonAccess.run { client in
            let status = try LocalStatus(json: try await client.get("/status"))
            guard let model = status.model(self.model) else {
                let names = status.models.map(\.name).joined(separator: ", ")
                throw MullamaError(
                    .modelNotFound,
                    "the daemon has no model \(Quoted.text(self.model)) in memory\(names.isEmpty ? "" : ": it has \(names)")"
                )
            }
            _ = try await client.post("/api/generate", ["model": .string(model.name), "keep_alive": 0])
            try? await Output.error.send("mullama: \(model.name) is unloaded\(model.users > 0 ? " when its last answer has ended" : "")\n")
        }
    }
}
