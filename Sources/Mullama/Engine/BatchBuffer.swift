import CLlama
import InferenceCore

/// Owns one `llama_batch`, allocated once and filled anew for each call.
struct BatchBuffer: ~Copyable {
    private(set) var batch: llama_batch
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        self.batch = llama_batch_init(Int32(clamping: capacity), 0, 1)
    }

    deinit {
        llama_batch_free(self.batch)
    }

    var count: Int { Int(self.batch.n_tokens) }

    mutating func removeAll() {
        self.batch.n_tokens = 0
    }

    mutating func append(_ token: Token, at position: Int, in slot: SlotID, wantsLogits: Bool) {
        precondition(self.count < self.capacity, "a step has more rows than its batch")
        let row = self.count
        self.batch.token[row] = token.rawValue
        self.batch.pos[row] = Int32(position)
        self.batch.n_seq_id[row] = 1
        self.batch.seq_id[row]?[0] = slot.rawValue
        self.batch.logits[row] = wantsLogits ? 1 : 0
        self.batch.n_tokens += 1
    }
}
