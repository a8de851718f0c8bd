import CLlama
import Foundation
import InferenceCore

/// Text to tokens and back.
///
/// Sendable by hand: it only reads the model's vocabulary, and `llama.h` says that its tokenization calls are thread-safe.
final class Vocabulary: TextModel, @unchecked Sendable {
    let size: Int
    let beginning: Token?
    let ending: Token?
    /// The tokens of which each ends a generation.
    let endsOfGeneration: [Token]
    let infill: InfillTokens?
    let longestToken: Int?
    private let weights: ModelWeights
    private let pointer: OpaquePointer?

    init(_ weights: ModelWeights) {
        self.weights = weights
        self.pointer = llama_model_get_vocab(weights.pointer)
        self.size = Int(llama_vocab_n_tokens(self.pointer))
        let first = llama_vocab_get_add_bos(self.pointer) ? llama_vocab_bos(self.pointer) : -1
        self.beginning = first >= 0 ? Token(rawValue: first) : nil
        // Word pieces are always separated, whatever the file says.
        let isSeparated = llama_vocab_type(self.pointer) == LLAMA_VOCAB_TYPE_WPM || llama_vocab_get_add_sep(self.pointer)
        let last = isSeparated ? llama_vocab_sep(self.pointer) : llama_vocab_get_add_eos(self.pointer) ? llama_vocab_eos(self.pointer) : -1
        self.ending = last >= 0 ? Token(rawValue: last) : nil
        let pointer = self.pointer
        self.endsOfGeneration = (0..<Int32(self.size)).filter { llama_vocab_is_eog(pointer, $0) }.map(Token.init(rawValue:))
        // Other kinds of vocabulary drop a part of the text, or have one token for all that they do not know.
        let coversText = [LLAMA_VOCAB_TYPE_SPM, LLAMA_VOCAB_TYPE_BPE].contains(llama_vocab_type(pointer))
        // As the file spells them, tokens are no shorter than what they stand for.
        let lengths = (0..<Int32(self.size)).lazy.map { llama_vocab_get_text(pointer, $0).map(strlen) ?? 0 }
        self.longestToken = coversText ? lengths.max() : nil
        let infill = [llama_vocab_fim_pre(pointer), llama_vocab_fim_suf(pointer), llama_vocab_fim_mid(pointer)].map(Token.init(rawValue:))
        self.infill = infill.allSatisfy { $0.rawValue >= 0 } ? InfillTokens(prefix: infill[0], suffix: infill[1], middle: infill[2]) : nil
    }

    var cPointer: OpaquePointer? { self.pointer }

    func isEndOfGeneration(_ token: Token) -> Bool {
        llama_vocab_is_eog(self.pointer, token.rawValue)
    }

    /// Tokens that the model's author wants never to be generated.
    var suppressed: [Token] {
        var count: Int32 = 0
        guard let tokens = llama_vocab_get_suppress_tokens(self.pointer, &count) else { return [] }
        return UnsafeBufferPointer(start: tokens, count: Int(count)).map(Token.init(rawValue:))
    }

    /// - Returns: llama.cpp's count of tokens, or what it would have been, negative, if they are more than fit.
    private func tokenize(_ text: String, into tokens: inout [llama_token], addSpecial: Bool, parseSpecial: Bool) -> Int32 {
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { bytes in
                llama_tokenize(
                    self.pointer,
                    bytes.baseAddress,
                    Int32(clamping: bytes.count),
                    &tokens,
                    Int32(clamping: tokens.count),
                    addSpecial,
                    parseSpecial
                )
            }
        }
    }

    func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token] {
        guard let length = Int32(exactly: text.utf8.count) else {
            throw MullamaError(.invalidRequest, "the text has \(text.utf8.count) bytes: at most \(Int32.max) can be tokenized at once")
        }
        // A token of text covers a byte or more, but where a space is spelt by a mark of three bytes that may be a token for each of them.
        var tokens = [llama_token](repeating: 0, count: Int(length) + 4)
        var count = self.tokenize(text, into: &tokens, addSpecial: addSpecial, parseSpecial: parseSpecial)
        if -Int(count) > tokens.count {
            tokens = [llama_token](repeating: 0, count: -Int(count))
            count = self.tokenize(text, into: &tokens, addSpecial: addSpecial, parseSpecial: parseSpecial)
        }
        guard count >= 0 else {
            throw MullamaError(.engineFailed, "llama.cpp could not tokenize \(length) bytes", underlying: Int(count))
        }
        return tokens.prefix(Int(count)).map(Token.init(rawValue:))
    }

    func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler {
        try RequestSampler(options, seed: seed, vocabulary: self, prompt: prompt)
    }

    /// A token as the vocabulary writes it; nil if there is none of the number.
    func name(_ token: Int) -> String? {
        guard let token = Int32(exactly: token), self.contains(Token(rawValue: token)) else { return nil }
        return llama_vocab_get_text(self.pointer, token).map { String(cString: $0) }
    }

    /// The bytes of a token's text; none for control tokens, unless they are asked for.
    func piece(_ token: Token, special: Bool = false) -> [UInt8] {
        var length: Int32 = 16
        while true {
            let piece = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
                let written = buffer.withMemoryRebound(to: CChar.self) {
                    llama_token_to_piece(self.pointer, token.rawValue, $0.baseAddress, length, 0, special)
                }
                length = written
                count = max(0, Int(written))
            }
            guard length < 0 else { return piece }
            length = -length
        }
    }

    func piece(of token: Token) throws(MullamaError) -> [UInt8] {
        guard self.contains(token) else { throw self.stranger(token) }
        return self.piece(token, special: true)
    }

    private func stranger(_ token: Token) -> MullamaError {
        MullamaError(.invalidRequest, "token \(token) is not in the vocabulary, which has \(self.size) tokens")
    }

    /// The text of tokens, control tokens written out. Bytes that are no UTF-8 become U+FFFD.
    func detokenize(_ tokens: [Token]) throws(MullamaError) -> String {
        if let stranger = tokens.first(where: { !self.contains($0) }) { throw self.stranger(stranger) }
        let raw = tokens.map(\.rawValue)
        var bytes = [CChar](repeating: 0, count: max(64, tokens.count * 8))
        var written = self.detokenize(raw, into: &bytes)
        if written < 0 {
            bytes = [CChar](repeating: 0, count: Int(-written))
            written = self.detokenize(raw, into: &bytes)
        }
        return String(decoding: bytes.prefix(max(0, Int(written))).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func detokenize(_ tokens: [Int32], into bytes: inout [CChar]) -> Int32 {
        llama_detokenize(self.pointer, tokens, Int32(tokens.count), &bytes, Int32(clamping: bytes.count), false, true)
    }
}
