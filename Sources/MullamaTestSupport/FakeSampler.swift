import InferenceCore
import Mullama

/// What a request asks of its tokens. ``FakeBackend`` has no logits to choose from, and looks at this.
final class FakeSampler: TokenSampler {
    let logprobs: Int?
    /// Whether its answer goes on where others end.
    let ignoresEnd: Bool

    init(logprobs: Int?, ignoresEnd: Bool) {
        self.logprobs = logprobs
        self.ignoresEnd = ignoresEnd
    }

    func sample(_ logits: UnsafeMutableBufferPointer<Float>, candidates: CandidateBuffer) throws(RequestFault) -> Token {
        throw RequestFault(.engineFailed, "the fake backend chooses its tokens itself")
    }
}
