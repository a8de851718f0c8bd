import ArgumentParser
import Foundation
import ModelImport
import ModelStore
import Mullama

/// `mullama import`: puts a model into the store.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Copy a GGUF file into the store under a name.",
        discussion: "Interrupted, it leaves the store as it was."
    )

    @Argument(help: "The GGUF file.", completion: .file(extensions: ["gguf"]))
    var file: String

    @Argument(help: "The name to give it, such as acme/helper:v2.")
    var name: String

    @Option(help: "The model's license, if the file does not name it.")
    var license: String?

    @Option(help: "Where the file comes from, in words.")
    var source: String?

    @Flag(help: "Replace a model of that name.")
    var replace = false

    func run() throws {
        let name = try ModelName(parsing: self.name)
        let progress = ProgressLine("Importing \(name)")
        let model = try Interruption.shared.polled {
            defer { progress.erase() }
            return try ModelStore().add(
                contentsOf: URL(filePath: self.file),
                as: name,
                license: self.license,
                source: self.source,
                replacing: self.replace,
                onProgress: progress.show,
                isCancelled: { Interruption.shared.hasCome }
            )
        }
        try Output.standard.write("Imported \(model.name), \(ByteCount(model.size)).\n")
    }
}
