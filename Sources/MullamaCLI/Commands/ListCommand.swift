import ArgumentParser
import Foundation
import ModelStore
import Mullama

/// `mullama list`: the models in the store.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the models in the store.", aliases: ["ls"])

    @Flag(help: "Print a JSON array.")
    var json = false

    func run() throws {
        let store = ModelStore()
        let listing = try store.listing()
        var models: [ListedModel] = []
        for model in listing.models {
            do throws(ModelStoreError) {
                models.append(ListedModel(model, try GGUFHeader(contentsOf: model.url)))
            } catch {
                try? Output.error.write(Diagnostic.warning(error) + "\n")
            }
        }
        for damaged in listing.damaged {
            try? Output.error.write(Diagnostic.warning(damaged.error) + "\n")
        }
        if self.json {
            try Output.standard.write(JSONText.document(models))
        } else if models.isEmpty {
            try? Output.error.write(
                """
                There are no models in \(TerminalFilter.oneLine(store.root.path)).
                Add one with `mullama import FILE NAME`, or run `make setup` for \(RunArguments.defaultModel).

                """
            )
        } else {
            try Output.standard.write(ListedModel.table(models).text)
        }
    }
}
