import ArgumentParser
import ModelStore
import Mullama
import MullamaServer

/// `mullama run`: a prompt in, an answer out.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Answer a prompt, or chat.",
        usage: "mullama run [MODEL] [PROMPT...] [options]",
        discussion: """
            The answer comes on standard output as the model gives it, and nothing else does. With one argument, that is the prompt and \
            \(RunArguments.defaultModel) the model, unless it names a model. The prompt is read from standard input if it is -, or if none \
            is given and standard input is no terminal; at a terminal, a chat opens, and /help in it lists what it knows. A prompt that begins \
            with a dash goes behind --.

            The prompt becomes a message in the model's chat template, unless --raw is given. Ctrl+C ends the answer and keeps what came; a \
            second one ends the program at once.

            If a daemon is running (see mullama daemon), it answers, with the model that it has in memory. --local, --threads, --parallel, \
            --cache-type, --record and the path of a model answer in this process.
            """
    )

    @Argument(help: .init("The model and the prompt, or one of them.", valueName: "arguments"), completion: ModelName.completion)
    var words: [String] = []

    @Option(parsing: .unconditional, help: "A message that tells the model how to answer.")
    var system: String?

    @Flag(help: "Send the prompt as it is, without the model's chat template.")
    var raw = false

    @OptionGroup(title: "Generation")
    var sampling: SamplingOptions

    @Option(
        parsing: .unconditional,
        help: "Tokens of prompt and answer together; by default 4096, or what the model was trained for if that is less."
    )
    var ctxSize: Int?

    @Option(parsing: .unconditional, help: "Threads that compute; by default one for each core.")
    var threads: Int?

    @Flag(
        help: """
            Read one prompt from each line of standard input and answer them side by side; the answers come in the order of the prompts, \
            each when it is complete.
            """
    )
    var lines = false

    @Option(
        parsing: .unconditional,
        help: .init(
            """
            The most prompts that are computed at the same time, 1 to 256 or auto; there is one without --lines. \
            \(ParallelChoice.explanation). The number is printed on standard error.
            """,
            valueName: "number|auto"
        )
    )
    var parallel: ParallelChoice?

    @Option(
        help: .init("With --lines: write the requests to a file, without their words, for mullama replay.", valueName: "file"),
        completion: .file()
    )
    var record: String?

    @Option(help: .init(CacheType.explanation))
    var cacheType: CacheType?

    @Flag(help: "Answer in this process, even if a daemon is running.")
    var local = false

    @Flag(help: "Print the answer as one line of JSON, with its finish reason, token counts, timings in seconds and seed.")
    var json = false

    @Flag(help: "Print token counts, speeds and times on standard error at the end.")
    var stats = false

    @Flag(name: .customLong("no-stream"), help: "Print the answer at its end instead of as it comes.")
    var noStream = false

    func run() throws {
        guard !self.raw || self.system == nil else {
            throw ValidationError("--system needs the chat template, and --raw leaves it out: give one of them")
        }
        guard self.record == nil || self.lines else {
            throw ValidationError("--record needs --lines: a single request is no traffic")
        }
        let arguments = try RunArguments(
            self.words,
            readsLines: self.lines,
            inputIsTerminal: StandardInput.isTerminal,
            namesModel: StoreAccess.names
        )
        let prompts = self.lines ? try PromptLines.split(try StandardInput.text()) : []
        let parallel = self.parallel ?? .count(ModelParams().parallel)
        let job = AnswerJob(
            model: arguments.model,
            params: ModelParams(
                threads: self.threads,
                parallel: try parallel.number { try self.recommendedParallel(arguments.model, prompts: prompts.count) },
                contextSize: self.ctxSize,
                cacheType: self.cacheType ?? .f16
            ),
            daemon: self.daemon(for: arguments.model),
            isRaw: self.raw,
            system: self.system,
            maxTokens: self.sampling.maxTokens,
            options: try self.sampling.options(),
            hasFixedSeed: self.sampling.seed != nil,
            style: self.json ? .json : self.noStream ? .whole : .streamed,
            wantsStats: self.stats
        )

        if self.lines {
            let answers = LineAnswers(job: job, prompts: prompts, record: self.record)
            try Interruption.shared.run { try await answers.run() }
        } else if arguments.prompt == .chat {
            try self.chat(job)
        } else {
            let answer = SingleAnswer(job: job, prompt: try self.prompt(arguments.prompt))
            try Interruption.shared.run { try await answer.run() }
        }
    }

    private func chat(_ job: AnswerJob) throws {
        guard Output.standard.isTerminal else {
            throw ValidationError("there is no prompt, and a chat needs a terminal for its answers too: give a prompt")
        }
        let refused = [(self.raw, "--raw"), (self.json, "--json"), (self.noStream, "--no-stream")].first { $0.0 }
        if let refused {
            throw ValidationError("\(refused.1) is for a prompt, and without one this is a chat: give a prompt, or leave it out")
        }
        let chat = ChatLoop(job: job)
        try Interruption.shared.run { try await chat.run() }
    }

    /// The socket of the daemon that is to answer; nil for this process.
    private func daemon(for model: String) -> String? {
        let socket = DaemonPaths.current.socket
        guard !self.local, DaemonSocket.isLive(socket) else { return nil }
        let own = [
            (self.threads != nil, "--threads"), (self.parallel != nil, "--parallel"), (self.cacheType != nil, "--cache-type"),
            (self.record != nil, "--record"),
        ].first { $0.0 }?.1
        // A daemon gives out its own models, not any file that it could read.
        let file = (try? StoreAccess.resolve(model)).flatMap { $0.name == nil ? "the path of a model" : nil }
        guard let reason = own ?? file else { return socket }
        try? Output.error.write("mullama: answering in this process, since \(reason) is nothing that a running daemon takes\n")
        return nil
    }

    /// What `auto` stands for, which is said: it depends on the machine at this moment.
    private func recommendedParallel(_ model: String, prompts: Int) throws -> Int {
        guard self.lines else { return 1 }
        let recommended = try MemoryEstimate.recommendedParallel(
            modelAt: StoreAccess.resolve(model).url,
            contextSize: self.ctxSize,
            cacheType: self.cacheType ?? .f16,
            threads: self.threads
        )
        let chosen = min(recommended, max(1, prompts))
        try? Output.error.write("mullama: computing up to \(chosen) prompts at the same time (--parallel auto)\n")
        return chosen
    }

    private func prompt(_ source: RunArguments.Prompt) throws -> String {
        let prompt: String
        switch source {
        case .text(let text):
            prompt = text
        case .standardInput, .chat:
            let text = try StandardInput.text()
            prompt = self.raw ? text : PromptLines.withoutFinalNewline(text)
        }
        try PromptLines.requireText(prompt)
        return prompt
    }
}
