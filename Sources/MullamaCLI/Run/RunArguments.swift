import ArgumentParser

/// What `run [MODEL] [PROMPT...]` means.
struct RunArguments: Equatable {
    enum Prompt: Equatable {
        case text(String)
        case standardInput
        /// One after the other, from a person at a terminal.
        case chat
    }

    static let defaultModel = "smollm2:135m"

    var model: String
    var prompt: Prompt

    /// - Parameters:
    ///   - words: The arguments as they came. Of two or more, the first is the model. One alone is the prompt, unless it names a model.
    ///   - readsLines: Whether standard input holds the prompts, so that an argument can only be the model.
    ///   - inputIsTerminal: Whether somebody types: without a prompt that is a chat, unless `-` asks for one prompt.
    ///   - namesModel: Whether a text can only be meant as a model.
    /// - Throws: ArgumentParser's `ValidationError`.
    init(
        _ words: [String],
        readsLines: Bool,
        inputIsTerminal: Bool,
        namesModel: (String) throws -> Bool
    ) throws {
        if readsLines {
            guard words.count < 2 || words.dropFirst() == ["-"] else {
                throw ValidationError("with --lines the prompts are read from standard input: give no prompt beside the model")
            }
            self.init(model: words.first.flatMap { $0 == "-" ? nil : $0 } ?? Self.defaultModel, prompt: .standardInput)
            return
        }
        switch words.count {
        case 0:
            self.init(model: Self.defaultModel, prompt: inputIsTerminal ? .chat : .standardInput)
        case 1 where words[0] == "-":
            self.init(model: Self.defaultModel, prompt: .standardInput)
        case 1:
            guard try namesModel(words[0]) else {
                self.init(model: Self.defaultModel, prompt: .text(words[0]))
                return
            }
            self.init(model: words[0], prompt: inputIsTerminal ? .chat : .standardInput)
        case 2 where words[1] == "-":
            self.init(model: words[0], prompt: .standardInput)
        default:
            self.init(model: words[0], prompt: .text(words.dropFirst().joined(separator: " ")))
        }
    }

    private init(model: String, prompt: Prompt) {
        self.model = model
        self.prompt = prompt
    }
}
