package import InferenceCore

/// Computes texts for embeddings, one text at a time. Belongs to an engine's thread.
package protocol EmbeddingBackend: AnyObject {
    /// Sees to it that a text of so many tokens can be computed.
    ///
    /// - Parameter longest: Tokens of the longest text that is to come, so that there is room for all.
    /// - Returns: How texts are cut; nil while what it takes is still being made.
    /// - Throws: If there is no memory for the text. What was there before may be gone then.
    func prepare(for count: Int, longest: Int) throws(RequestFault) -> EmbeddingCut?

    /// Computes a part of a text. Blocks. The parts of a text come in their order; the first forgets what was before.
    ///
    /// - Returns: After the last part, the numbers that stand for the whole text.
    func compute(_ part: EmbeddingPart) throws(RequestFault) -> [Double]?

    /// Gives back the memory.
    func free()
}
