import ArgumentParser
import ModelStore
import Mullama

/// `mullama tokenize`: a text as the model sees it.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Show the tokens of a text.",
        discussion: """
            Prints the number and the text of a token on each line, and on standard error how many there are. The text is taken as it is, \
            with its last newline.
            """
    )

    @Argument(help: "A name in the store, or the path of a GGUF file.", completion: ModelName.completion)
    var model: String

    @Argument(help: "The text; - or nothing for standard input.")
    var text: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    @Flag(name: .customLong("no-special"), help: "Leave out the tokens that the model wants at the start and end of a text.")
    var noSpecial = false

    @Flag(help: "Take the names of control tokens in the text as those tokens.")
    var parseSpecial = false

    func run() throws {
        let text = try self.text.flatMap { $0 == "-" ? nil : $0 } ?? StandardInput.text()
        try Interruption.shared.run { try await self.print(text) }
    }

    private func print(_ text: String) async throws {
        let (model, _) = try await LoadedModel.load(self.model, ModelParams())
        var entries: [TokenList.Entry] = []
        for token in try await model.tokenize(text, addSpecial: !self.noSpecial, parseSpecial: self.parseSpecial) {
            entries.append(TokenList.Entry(id: token, piece: try await model.detokenize([token])))
        }
        let list = TokenList(entries)
        try await Output.standard.send(self.json ? JSONText.line(list) : list.text)
        if !self.json {
            try? await Output.error.send("\(Quantity.grouped(list.count)) tokens\n")
        }
    }
}
