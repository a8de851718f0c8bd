public import InferenceCore

/// How the tokens of an answer are chosen, and when it ends.
public struct GenerationOptions: Sendable {
    /// Flattens (above 1) or sharpens (below 1) the model's choice, 0 to 5. At 0, and below 0.001, the most likely
    /// token is always taken ("greedy").
    public var temperature: Double
    /// Only the `topK` most likely tokens are considered; 0 for all.
    public var topK: Int
    /// Only the most likely tokens that together have this probability are considered, above 0 to 1; 1 for all
    /// ("nucleus sampling", Holtzman et al., arXiv:1904.09751).
    public var topP: Double
    /// Only tokens at least this part as likely as the most likely one are considered, 0 to 1; 0 for all.
    public var minP: Double
    /// Locally typical sampling with this probability mass, above 0 to 1; 1 for off (Meister et al., arXiv:2202.00666).
    public var typicalP: Double
    /// Divides the scores of tokens that appeared lately, 0.01 to 100; 1 for off.
    public var repeatPenalty: Double
    /// How many of the last tokens the penalties look at, the prompt's included, up to 1,000,000; 0 for off.
    public var repeatLastN: Int
    /// Subtracted from a token's score for each time that it appeared lately, -100 to 100.
    public var frequencyPenalty: Double
    /// Subtracted from a token's score if it appeared lately, -100 to 100.
    public var presencePenalty: Double
    /// Makes the random choices repeatable: the same seed, prompt and options give the same answer. Nil draws a seed for each call.
    public var seed: UInt64?
    /// The answer ends before the first of these strings, which does not become part of it.
    public var stop: [String]
    /// Added to the scores of tokens, -100,000 to 100,000; minus infinity forbids one.
    public var logitBias: [Token: Double]
    /// A grammar in llama.cpp's GBNF format with a rule named `root`: the answer will match it.
    public var grammar: String?
    /// Who goes first when more requests wait than can run. Nil follows the priority that the calling task has at the call: ``RequestPriority/batch``
    /// for `.background` and `.utility`, ``RequestPriority/interactive`` for `.high` and `.userInitiated`, else ``RequestPriority/normal``.
    public var priority: RequestPriority?
    /// How long the call may take from the moment it is made. Then it throws ``MullamaError/Code/timedOut`` with the text so far.
    public var deadline: Duration?
    /// Cancels the call from outside of its task.
    public var cancellation: CancellationToken?
    /// What happens at the end of the context.
    public var overflow: OverflowPolicy
    /// How many of the most likely tokens are told for each token of the answer, beside how likely it was itself: 0 to 20. Nil tells nothing of it.
    ///
    /// See ``TokenLogprob`` for what the figures mean. A token costs a pass over the vocabulary more.
    public var logprobs: Int?
    /// Whether it is told how likely the model finds each token of the prompt after those before it: ``GenerationStream/promptLogprobs``, with as many
    /// alternatives as ``logprobs`` says. The prompt is computed from its beginning for that, in smaller parts, whatever is there of it. With this,
    /// `maxTokens` may be 0, to score a text and no more.
    public var promptLogprobs: Bool
    /// Whether the model is kept from ending the answer: its end-of-generation tokens have no chance, so that the answer goes on to `maxTokens`, a stop
    /// string or the context's end. What follows where it wanted to end makes little sense; it serves measurements. A grammar that comes to its end fails
    /// the call with ``MullamaError/Code/invalidGrammar``.
    public var ignoreEndOfGeneration: Bool
    /// How long its caller had waited before the call, for the model to be loaded for one: those who watch the model count it in.
    package var waited = Duration.zero

    public init(
        temperature: Double = 0.8,
        topK: Int = 40,
        topP: Double = 0.95,
        minP: Double = 0.05,
        typicalP: Double = 1,
        repeatPenalty: Double = 1,
        repeatLastN: Int = 64,
        frequencyPenalty: Double = 0,
        presencePenalty: Double = 0,
        seed: UInt64? = nil,
        stop: [String] = [],
        logitBias: [Token: Double] = [:],
        grammar: String? = nil,
        priority: RequestPriority? = nil,
        deadline: Duration? = nil,
        cancellation: CancellationToken? = nil,
        overflow: OverflowPolicy = .stop,
        logprobs: Int? = nil,
        promptLogprobs: Bool = false,
        ignoreEndOfGeneration: Bool = false
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.typicalP = typicalP
        self.repeatPenalty = repeatPenalty
        self.repeatLastN = repeatLastN
        self.frequencyPenalty = frequencyPenalty
        self.presencePenalty = presencePenalty
        self.seed = seed
        self.stop = stop
        self.logitBias = logitBias
        self.grammar = grammar
        self.priority = priority
        self.deadline = deadline
        self.cancellation = cancellation
        self.overflow = overflow
        self.logprobs = logprobs
        self.promptLogprobs = promptLogprobs
        self.ignoreEndOfGeneration = ignoreEndOfGeneration
    }

    /// Always the most likely token.
    public static var greedy: GenerationOptions { GenerationOptions(temperature: 0) }
}
