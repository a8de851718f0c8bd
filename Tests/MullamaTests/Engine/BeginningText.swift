import InferenceCore
import MullamaTestSupport

@testable import Mullama

/// A text model with 1 before every text.
struct BeginningText: TextModel {
    private let bytes: ByteText

    init(_ bytes: ByteText = ByteText()) {
        self.bytes = bytes
    }

    var size: Int { self.bytes.size }
    var beginning: Token? { 1 }
    var infill: InfillTokens? { self.bytes.infill }

    func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token] {
        try self.bytes.tokenize(text, addSpecial: addSpecial, parseSpecial: parseSpecial)
    }

    func detokenize(_ tokens: [Token]) throws(MullamaError) -> String { try self.bytes.detokenize(tokens) }

    func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler {
        try self.bytes.makeSampler(options, seed: seed, prompt: prompt)
    }
}
