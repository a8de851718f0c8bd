package import InferenceCore

/// Chooses the tokens of one request, from the scores that the model gives to each of its tokens.
package protocol TokenSampler: AnyObject, Sendable {
    /// How many of the most likely tokens are to be told with each that is chosen; nil to tell nothing of likelihoods.
    var logprobs: Int? { get }

    /// Chooses the next token and takes note of it.
    ///
    /// - Parameter candidates: Working memory, shared by all requests of an engine.
    func sample(_ logits: UnsafeMutableBufferPointer<Float>, candidates: CandidateBuffer) throws(RequestFault) -> Token
}
