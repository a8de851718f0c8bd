import Foundation
import ModelStore
import Mullama

/// A chat at a terminal: a line in, an answer out, until the user has enough.
struct ChatLoop: Sendable {
    private enum Outcome {
        case goesOn
        case ends
    }

    let job: AnswerJob
    let output = Output.standard

    private static let prompt = ">>> "
    private static let continuation = "... "
    /// Lines that are remembered.
    private static let historyLimit = 1000

    /// - Throws: `CancellationError` when the program is to end; ``OutputError`` when the terminal has gone.
    func run() async throws {
        try await self.job.withSource { try await self.run($0.conversation(self.job)) }
    }

    private func run(_ conversation: any Conversation) async throws {
        let name = TerminalFilter.oneLine(conversation.modelName)
        try await self.say("\(name). /help lists the commands, Ctrl+D leaves.")
        if conversation.lacksTemplate {
            try await self.say("The model's file has no chat template: messages go to it in ChatML.")
        }
        let reader = TerminalLines()
        var assembler = MessageAssembler()
        var history: [String] = []
        var wasInterrupted = false
        while true {
            switch try await reader.line(prompt: assembler.isInside ? Self.continuation : Self.prompt, history: history) {
            case .terminated: throw CancellationError()
            case .ended where assembler.isInside: assembler = MessageAssembler()
            case .ended: return
            case .interrupted(let isEmpty):
                // What was begun is cleared; where nothing was, a second one leaves.
                let wasEmpty = isEmpty && !assembler.isInside
                if wasEmpty, wasInterrupted { return }
                if wasEmpty { try await self.say("(Ctrl+C once more leaves, and so does Ctrl+D)") }
                assembler = MessageAssembler()
                wasInterrupted = true
                continue
            case .line(let line):
                let isWhole = line.contains("\n") && !assembler.isInside && !line.contains("\"\"\"")
                guard let text = isWhole ? line : assembler.take(line) else { break }
                if !text.allSatisfy(\.isWhitespace), text != history.last { history = (history + [text]).suffix(Self.historyLimit) }
                if case .ends = try await self.handle(ChatInput(text), in: conversation) { return }
            }
            wasInterrupted = false
        }
    }

    private func handle(_ input: ChatInput, in conversation: any Conversation) async throws -> Outcome {
        do {
            switch input {
            case .nothing: break
            case .leave: return .ends
            case .help: try await self.output.send(ChatInput.explanation)
            case .mistake(let what): try await self.say(what)
            case .message(let text): try await self.answer(text, in: conversation)
            case .regenerate: try await self.answer(nil, in: conversation)
            case .system(nil): try await self.say(conversation.instructions ?? "There is no system message.")
            case .system(let text?):
                try await conversation.setInstructions(text == "\"\"" ? nil : text)
                try await self.say(text == "\"\"" ? "The system message is gone." : "From the next answer on.")
            case .clear:
                try await conversation.clear()
                try await self.say("What was said is forgotten.")
            case .save(let path):
                try await conversation.save(to: Self.url(path))
                try await self.say("Saved \(Self.count(conversation.messages)).")
            case .load(let path):
                try await conversation.load(from: Self.url(path))
                try await self.say("Loaded \(Self.count(conversation.messages)).")
            }
        } catch  where error is MullamaError || error is DaemonError {
            // Something went wrong with this line; the next may do better.
            if let line = Diagnostic(error).line { try? await Output.error.send(line + "\n") }
        }
        return .goesOn
    }

    /// - Parameter question: Nil to answer the last one again.
    private func answer(_ question: String?, in conversation: any Conversation) async throws {
        try TerminalMode.set(.answering)
        let token = CancellationToken()
        var options = self.job.options
        options.cancellation = token
        if !self.job.hasFixedSeed { options.seed = nil }
        var text = AnswerText()
        let answer: Answer
        do {
            answer = try await Interruption.shared.stopping(token.cancel) { [options] in
                try await conversation.answer(question, maxTokens: self.job.maxTokens, options: options) { part in
                    try await self.output.send(text.append(part))
                }
            }
        } catch is CancellationError where token.isCancelled {
            try await self.output.send(text.isEmpty ? "" : "\n")
            return try await self.say(text.isEmpty ? "(stopped)" : "(stopped; the model knows what it has said)")
        } catch {
            try await self.output.send(text.isEmpty ? "" : "\n")
            throw error
        }
        try await self.output.send("\n")
        guard let measures = answer.measures else { return }
        if answer.finishReason == .length {
            try await self.say(
                "(cut off after \(Quantity.grouped(measures.usage.completionTokens)) tokens: --max-tokens and --ctx-size allow more)"
            )
        }
        if self.job.wantsStats {
            try? await Output.error.send(AnswerStats.table(answer, measures).text)
        }
    }

    private func say(_ text: String) async throws {
        try await self.output.send(text + "\n")
    }

    private static func url(_ path: String) -> URL {
        URL(filePath: path.hasPrefix("~/") ? NSString(string: path).expandingTildeInPath : path)
    }

    private static func count(_ messages: [ChatMessage]) -> String {
        messages.count == 1 ? "1 message" : "\(Quantity.grouped(messages.count)) messages"
    }
}
