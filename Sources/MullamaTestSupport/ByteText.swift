package import InferenceCore
package import Mullama

/// The text of a model without weights: each byte is a token, and 256 ends a generation.
package struct ByteText: TextModel {
    package static let endOfGeneration: Token = 256

    private let control: FakeControl?

    /// - Parameter control: Sees and may hold the texts on their way.
    package init(_ control: FakeControl? = nil) {
        self.control = control
    }

    package var size: Int { 257 }

    package func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token] {
        self.control?.enterText()
        return text.utf8.map { Token(rawValue: Int32($0)) }
    }

    package func detokenize(_ tokens: [Token]) throws(MullamaError) -> String {
        String(decoding: tokens.compactMap { UInt8(exactly: $0.rawValue) }, as: UTF8.self)
    }

    package func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler {
        FakeSampler(logprobs: options.logprobs)
    }

    /// ``FakeBackend`` has no logits to choose from.
    private final class FakeSampler: TokenSampler {
        let logprobs: Int?

        init(logprobs: Int?) {
            self.logprobs = logprobs
        }

        func sample(_ logits: UnsafeMutableBufferPointer<Float>, candidates: CandidateBuffer) throws(RequestFault) -> Token {
            throw RequestFault(.engineFailed, "the fake backend chooses its tokens itself")
        }
    }
}
