import CLlama
import InferenceCore

/// Chooses the tokens of one request.
///
/// Order: logit bias, penalties, grammar, top-k, typical-p, top-p, min-p, temperature, selection. The grammar comes before the cuts, so that
/// a cut never leaves only tokens that the grammar forbids.
///
/// Sendable by hand: made on one thread and then handed to the engine's, which alone uses it.
final class RequestSampler: TokenSampler, @unchecked Sendable {
    let logprobs: Int?
    private let adjust: SamplerChain
    private let grammar: SamplerChain?
    private let select: SamplerChain
    /// Nothing changes the logits and the largest wins: then they need not be copied.
    private let isPlainGreedy: Bool

    /// - Parameters:
    ///   - seed: For the random choice; the same seed makes the same choices.
    ///   - prompt: What the penalties count as already said.
    init(_ options: GenerationOptions, seed: UInt64, vocabulary: Vocabulary, prompt: [Token]) throws(MullamaError) {
        let adjust = SamplerChain()
        let bias = Self.bias(options, vocabulary)
        if !bias.isEmpty {
            adjust.append(llama_sampler_init_logit_bias(Int32(vocabulary.size), Int32(bias.count), bias))
        }
        let penalizes =
            options.repeatLastN > 0
            && (options.repeatPenalty != 1 || options.frequencyPenalty != 0 || options.presencePenalty != 0)
        if penalizes {
            adjust.append(
                llama_sampler_init_penalties(
                    Int32(vocabulary.size),
                    Int32(clamping: options.repeatLastN),
                    Float(options.repeatPenalty),
                    Float(options.frequencyPenalty),
                    Float(options.presencePenalty)
                )
            )
            for token in prompt.suffix(options.repeatLastN) { adjust.accept(token.rawValue) }
        }

        self.grammar = try options.grammar.map { text throws(MullamaError) in try Self.grammar(text, vocabulary) }

        // Scores divided by less would leave the range of floats.
        let isGreedy = options.temperature < 0.001
        let select = SamplerChain()
        if !isGreedy {
            if options.topK > 0 { select.append(llama_sampler_init_top_k(Int32(clamping: options.topK))) }
            if options.typicalP < 1 { select.append(llama_sampler_init_typical(Float(options.typicalP), 1)) }
            if options.topP < 1 { select.append(llama_sampler_init_top_p(Float(options.topP), 1)) }
            if options.minP > 0 { select.append(llama_sampler_init_min_p(Float(options.minP), 1)) }
            select.append(llama_sampler_init_temp(Float(options.temperature)))
            select.append(llama_sampler_init_dist(Self.fold(seed)))
        } else {
            select.append(llama_sampler_init_greedy())
        }
        self.logprobs = options.logprobs
        self.adjust = adjust
        self.select = select
        self.isPlainGreedy = isGreedy && bias.isEmpty && !penalizes && options.grammar == nil
    }

    func sample(_ logits: UnsafeMutableBufferPointer<Float>, candidates: CandidateBuffer) throws(RequestFault) -> Token {
        let best = try Logits(logits).largest()
        if self.isPlainGreedy { return best }

        var all = candidates.fill(logits)
        self.adjust.apply(to: &all)
        self.grammar?.apply(to: &all)
        // The selection would not mind choosing among forbidden tokens, and accepting one would end the process.
        guard all.contains(where: { $0.logit > -.infinity }) else { throw Self.nothingLeft }
        self.select.apply(to: &all)
        guard all.selected >= 0 else { throw Self.nothingLeft }
        let chosen = all.data[Int(all.selected)].id
        self.adjust.accept(chosen)
        self.grammar?.accept(chosen)
        self.select.accept(chosen)
        return Token(rawValue: chosen)
    }

    /// Checked before llama.cpp sees it, which has no way to say what is wrong with a grammar.
    private static func grammar(_ text: String, _ vocabulary: Vocabulary) throws(MullamaError) -> SamplerChain {
        do throws(GrammarError) {
            try GrammarChecker.check(text) { name in
                (try? vocabulary.tokenize(name, addSpecial: false, parseSpecial: true))?.count == 1
            }
        } catch {
            throw MullamaError(.invalidGrammar, "the grammar does not parse: \(error)")
        }
        let chain = SamplerChain()
        guard chain.append(llama_sampler_init_grammar(vocabulary.cPointer, text, "root")) else {
            throw MullamaError(.invalidGrammar, "llama.cpp does not take the grammar: it must be GBNF with a rule named root")
        }
        return chain
    }

    private static let nothingLeft = RequestFault(
        .invalidGrammar,
        "no token of the vocabulary is left to choose: the grammar, the logit bias or ignoreEndOfGeneration forbids all"
    )

    private static func bias(_ options: GenerationOptions, _ vocabulary: Vocabulary) -> [llama_logit_bias] {
        let forbidden = vocabulary.suppressed + (options.ignoreEndOfGeneration ? vocabulary.endsOfGeneration : [])
        return forbidden.map { llama_logit_bias(token: $0.rawValue, bias: -.infinity) }
            + options.logitBias.map { llama_logit_bias(token: $0.key.rawValue, bias: Float($0.value)) }
    }

    /// llama.cpp's seeds have 32 bits, and all ones mean "random" to it.
    private static func fold(_ seed: UInt64) -> UInt32 {
        let folded = UInt32(truncatingIfNeeded: seed ^ (seed >> 32))
        return folded == LLAMA_DEFAULT_SEED ? folded - 1 : folded
    }
}

extension llama_token_data_array {
    fileprivate func contains(where predicate: (llama_token_data) -> Bool) -> Bool {
        UnsafeBufferPointer(start: self.data, count: self.size).contains(where: predicate)
    }
}
