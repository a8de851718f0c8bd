import ArgumentParser
import Mullama

/// How tokens are chosen and when an answer ends. The ranges are the library's; it refuses what is outside.
struct SamplingOptions: ParsableArguments {
    // Numbers are taken whatever they begin with: -1 is a value out of its range, not an option.
    @Option(parsing: .unconditional, help: "The most tokens to generate, at least 1.")
    var maxTokens = 256

    @Option(
        parsing: .unconditional,
        help: "Flattens (above 1) or sharpens (below 1) the choice, 0 to 5; 0 always takes the likeliest token."
    )
    var temperature = GenerationOptions().temperature

    @Option(parsing: .unconditional, help: "Only the likeliest tokens that together have this probability, above 0 to 1.")
    var topP = GenerationOptions().topP

    @Option(parsing: .unconditional, help: "Only this many of the likeliest tokens; 0 for all.")
    var topK = GenerationOptions().topK

    @Option(parsing: .unconditional, help: "Only tokens at least this part as likely as the likeliest, 0 to 1.")
    var minP = GenerationOptions().minP

    @Option(parsing: .unconditional, help: "Locally typical sampling with this probability mass, above 0 to 1; 1 for off.")
    var typicalP = GenerationOptions().typicalP

    @Option(parsing: .unconditional, help: "Divides the scores of tokens that appeared lately, above 0; 1 for off.")
    var repeatPenalty = GenerationOptions().repeatPenalty

    @Option(parsing: .unconditional, help: "How many tokens back the penalties look.")
    var repeatLastN = GenerationOptions().repeatLastN

    @Option(parsing: .unconditional, help: "Subtracted from a token's score for each time that it appeared lately.")
    var frequencyPenalty = GenerationOptions().frequencyPenalty

    @Option(parsing: .unconditional, help: "Subtracted from a token's score if it appeared lately.")
    var presencePenalty = GenerationOptions().presencePenalty

    @Option(parsing: .unconditional, help: "Makes the random choices repeatable; by default another seed each time, which --json shows.")
    var seed: UInt64?

    @Option(parsing: .unconditionalSingleValue, help: "End the answer before this text; may be given several times.")
    var stop: [String] = []

    @Option(help: "A file with a grammar in llama.cpp's GBNF format that the answer must match.", completion: .file())
    var grammarFile: String?

    @Option(parsing: .unconditional, help: .init("The longest that answering may take, without loading the model.", valueName: "seconds"))
    var deadline: Double?

    /// The library's options, checked as far as that goes without the model. Reads the grammar's file.
    func options() throws(MullamaError) -> GenerationOptions {
        var options = GenerationOptions(
            temperature: self.temperature,
            topK: self.topK,
            topP: self.topP,
            minP: self.minP,
            typicalP: self.typicalP,
            repeatPenalty: self.repeatPenalty,
            repeatLastN: self.repeatLastN,
            frequencyPenalty: self.frequencyPenalty,
            presencePenalty: self.presencePenalty,
            stop: self.stop
        )
        // A seed that people can copy, and that no JSON parser rounds.
        options.seed = self.seed ?? UInt64(UInt32.random(in: .min ... .max))
        options.deadline = try self.deadline.map(Self.duration)
        try options.validate(maxTokens: self.maxTokens)
        options.grammar = try self.grammarFile.map { (path) throws(MullamaError) in try StandardInput.text(ofFile: path) }
        return options
    }

    private static func duration(_ seconds: Double) throws(MullamaError) -> Duration {
        // `Duration` cannot hold all that `Double` can.
        guard abs(seconds) <= 1e9 else {
            throw MullamaError(.invalidRequest, "deadline is \(seconds) seconds: it must be above zero, up to 1,000,000,000")
        }
        return .seconds(seconds)
    }
}
