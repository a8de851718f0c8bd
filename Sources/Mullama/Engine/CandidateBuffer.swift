import CLlama

/// Working memory for choosing a token: one entry for each token of the vocabulary. An engine has one, since it chooses one token at a time.
package final class CandidateBuffer {
    private let storage: UnsafeMutableBufferPointer<llama_token_data>

    package init(size: Int) {
        self.storage = .allocate(capacity: size)
        self.storage.initialize(repeating: llama_token_data())
    }

    deinit {
        self.storage.deallocate()
    }

    /// All tokens with their scores, unsorted.
    func fill(_ logits: UnsafeMutableBufferPointer<Float>) -> llama_token_data_array {
        precondition(logits.count <= self.storage.count, "more logits than the vocabulary has tokens")
        for index in 0..<logits.count {
            self.storage[index] = llama_token_data(id: llama_token(index), logit: logits[index], p: 0)
        }
        return llama_token_data_array(data: self.storage.baseAddress, size: logits.count, selected: -1, sorted: false)
    }
}
