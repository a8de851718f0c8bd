import ArgumentParser
import ModelStore
import Mullama

/// `mullama show`: what a model is, from its file's header.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a model is.",
        discussion: "Reads the header of the model's file only."
    )

    @Argument(help: "A name in the store, or the path of a GGUF file.", completion: ModelName.completion)
    var model: String

    @Flag(help: "Print a JSON object.")
    var json = false

    @Flag(help: "Print the chat template alone; with --json, as one of the fields.")
    var template = false

    func run() throws {
        let model = try StoreAccess.resolve(self.model)
        let header = try StoreAccess.header(model)
        let stored = try model.name.flatMap { try ModelStore().model(named: $0) }
        var details = ModelDetails(model, header, stored: stored)
        guard self.template else {
            try Output.standard.write(self.json ? JSONText.document(details) : details.table.text)
            return
        }
        guard let template = header.chatTemplate else {
            throw MullamaError(
                .unsupportedModel,
                "\(details.name) has no chat template in its file: prompts go to it in ChatML, or with --raw"
            )
        }
        if self.json {
            details.chatTemplate = template
            try Output.standard.write(JSONText.document(details))
        } else {
            try Output.standard.write(template.hasSuffix("\n") ? template : template + "\n")
        }
    }
}
