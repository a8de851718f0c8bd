import ArgumentParser
import ChatTemplates
import Foundation
import ModelStore
import Mullama

/// `mullama apply-template`: what a model gets to read of a conversation.
struct ApplyTemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply-template",
        abstract: "Show the prompts that a chat template makes of conversations.",
        discussion: """
            Reads one JSON object from each line of standard input and prints one for it, {"text": …} or {"error": …}, as soon as it is there. \
            The fields are messages, tools (null by default), add_generation_prompt (true by default) and variables, an object with whatever \
            else the template knows; other fields are ignored, and so are empty lines. The tokens bos_token, eos_token, unk_token and \
            pad_token come from the model, unless variables name them; documents is null unless variables name it.

            An error is in the template's own words if it refuses the conversation. The exit status is 0 if every line gave a text, and 65 if \
            one did not.
            """
    )

    @Option(
        help: .init("A name in the store, or the path of a GGUF file; by default \(RunArguments.defaultModel).", valueName: "name"),
        completion: ModelName.completion
    )
    var model: String?

    @Option(help: .init("A template in a file, instead of a model's.", valueName: "file"), completion: .file(extensions: ["jinja"]))
    var template: String?

    @Option(help: .init("Which of the model's templates, if it has several.", valueName: "name"))
    var named: String?

    @Option(
        help: .init("What time the template is told that it is, such as 2026-01-15T12:00:00; by default this moment.", valueName: "time")
    )
    var date: String?

    func run() throws {
        guard self.model == nil || self.template == nil else { throw ValidationError("give --model or --template, and not both") }
        guard self.named == nil || self.template == nil else {
            throw ValidationError("--named is for a model's templates: leave out --template")
        }
        let request = TemplateRequest(templates: try self.templates(), name: self.named, date: try self.time())
        var lines = InputLines()
        var number = 0
        var isWhole = true
        while let line = try lines.next() {
            number += 1
            guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { continue }
            let reply = request.reply(to: line, number: number)
            if case .error = reply { isWhole = false }
            try Output.standard.write(JSONText.line(reply))
        }
        if !isWhole { throw RefusedLines() }
    }

    private func time() throws -> TemplateDate {
        guard let date else { return .now }
        do {
            return try TemplateDate(iso8601: date)
        } catch {
            throw ValidationError("--date: \(error.message)")
        }
    }

    private func templates() throws -> ModelTemplates {
        if let template { return ModelTemplates(try StandardInput.text(ofFile: template)) }
        let header = try StoreAccess.header(try StoreAccess.resolve(self.model ?? RunArguments.defaultModel))
        // Of the model only the header is read.
        let tokens = try header.tokenTexts()
        let templates = ModelTemplates(header) { tokens.indices.contains($0) ? tokens[$0] : nil }
        if templates.all[0].isFallback {
            try? Output.error.write("mullama: \(TerminalFilter.oneLine(header.url.path)) has no chat template: this is ChatML\n")
        }
        return templates
    }
}

extension GGUFHeader {
    /// The texts of all tokens; none where the file has no list of them.
    fileprivate func tokenTexts() throws(MullamaError) -> [String] {
        do {
            return try self.loadArray("tokenizer.ggml.tokens")?.strings ?? []
        } catch {
            throw MullamaError(error)
        }
    }
}
