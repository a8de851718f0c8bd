package import InferenceCore

/// Chooses the tokens of one request, from the scores that the model gives to each of its tokens.
package protocol TokenSampler: AnyObject, Sendable {
    /// Chooses the next token and takes note of it.
    ///
    /// - Parameter candidates: Working memory, shared by all requests of an engine.
    func sample(_ logits: UnsafeMutableBufferPointer<Float>, candidates: CandidateBuffer) throws(RequestFault) -> Token
}
