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
        let (model, _) = try await LoadedModel.load(self.job.model, self.job.params)
        let session = ChatSession(model, instructions: self.job.system)
        let name = TerminalFilter.oneLine(model.info.name)
        try await self.say("\(name). /help lists the commands, Ctrl+D leaves.")
        if model.chatTemplate.isFallback {
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
                if case .ends = try await self.handle(ChatInput(text), in: session) { return }
            }
            wasInterrupted = false
        }
    }

    private func handle(_ input: ChatInput, in session: ChatSession) async throws -> Outcome {
        do {
            switch input {
            case .nothing: break
            case .leave: return .ends
            case .help: try await self.output.send(ChatInput.explanation)
            case .mistake(let what): try await self.say(what)
            case .message(let text): try await self.answer(with: session) { session.streamResponse(to: text, maxTokens: $0, options: $1) }
            case .regenerate: try await self.answer(with: session) { session.regenerate(maxTokens: $0, options: $1) }
            case .system(nil): try await self.say(session.instructions ?? "There is no system message.")
            case .system(let text?):
                try await session.setInstructions(text == "\"\"" ? nil : text)
                try await self.say(text == "\"\"" ? "The system message is gone." : "From the next answer on.")
            case .clear:
                try await session.clear()
                try await self.say("What was said is forgotten.")
            case .save(let path):
                try await session.save(to: Self.url(path))
                try await self.say("Saved \(Self.count(session.messages)).")
            case .load(let path):
                try await session.load(from: Self.url(path))
                try await self.say("Loaded \(Self.count(session.messages)).")
            }
        } catch let error as MullamaError {
            // Something went wrong with this line; the next may do better.
            if let line = Diagnostic(error).line { try? await Output.error.send(line + "\n") }
        }
        return .goesOn
    }

    private func answer(
        with session: ChatSession,
        _ start: (_ maxTokens: Int, _ options: GenerationOptions) -> ChatStream
    ) async throws {
        try TerminalMode.set(.answering)
        let token = CancellationToken()
        var options = self.job.options
        options.cancellation = token
        if !self.job.hasFixedSeed { options.seed = nil }
        let stream = start(self.job.maxTokens, options)
        var text = AnswerText()
        do {
            try await Interruption.shared.stopping(token.cancel) {
                for try await chunk in stream { try await self.output.send(text.append(chunk.text)) }
            }
        } catch is CancellationError where token.isCancelled {
            try await self.output.send(text.isEmpty ? "" : "\n")
            return try await self.say(text.isEmpty ? "(stopped)" : "(stopped; the model knows what it has said)")
        } catch {
            try await self.output.send(text.isEmpty ? "" : "\n")
            throw error
        }
        try await self.output.send("\n")
        guard let result = stream.result else { return }
        if result.finishReason == .length {
            try await self.say(
                "(cut off after \(Quantity.grouped(result.usage.completionTokens)) tokens: --max-tokens and --ctx-size allow more)"
            )
        }
        if self.job.wantsStats {
            var answer = Answer(seed: 0)
            answer.finishReason = result.finishReason
            let measures = Answer.Measures(usage: result.usage, timings: result.timings)
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
