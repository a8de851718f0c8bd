import ArgumentParser

/// What `run [MODEL] [PROMPT...]` means.
struct RunArguments: Equatable {
    enum Prompt: Equatable {
        case text(String)
        case standardInput
    }

    static let defaultModel = "smollm2:135m"

    var model: String
    var prompt: Prompt

    /// - Parameters:
    ///   - words: The arguments as they came. Of two or more, the first is the model. One alone is the prompt, unless it names a model.
    ///   - readsLines: Whether standard input holds the prompts, so that an argument can only be the model.
    ///   - inputIsTerminal: Standard input is only read from a terminal when that is asked for with `-`.
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
            guard !inputIsTerminal else {
                throw ValidationError("there is no prompt: write it in quotes, as in mullama run \"Why is the sky blue?\"")
            }
            self.init(model: Self.defaultModel, prompt: .standardInput)
        case 1 where words[0] == "-":
            self.init(model: Self.defaultModel, prompt: .standardInput)
        case 1:
            guard try namesModel(words[0]) else {
                self.init(model: Self.defaultModel, prompt: .text(words[0]))
                return
            }
            guard !inputIsTerminal else {
                throw ValidationError(
                    "there is no prompt for \(words[0]): write it behind the model, pipe it in, or give - to type it and end with Ctrl+D"
                )
            }
            self.init(model: words[0], prompt: .standardInput)
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
