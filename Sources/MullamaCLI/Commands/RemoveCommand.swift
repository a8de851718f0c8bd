import ArgumentParser
import ModelStore
import Mullama

/// `mullama remove`: takes a model out of the store.
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a model from the store.",
        discussion: "Its file is deleted unless another name refers to the same content.",
        aliases: ["rm"]
    )

    @Argument(help: "The model's name.", completion: ModelName.completion)
    var name: String

    func run() throws {
        let name = try ModelName(parsing: self.name)
        let freed = try ModelStore().remove(name)
        try Output.standard.write("Removed \(name), \(ByteCount(freed)) freed.\n")
    }
}
