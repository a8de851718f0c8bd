import CBenchLlama
import Foundation
import Mullama

/// The least that can be written around `llama_decode`: one sequence, greedy, tokens turned into bytes. The measure for our engine.
final class BareLoop {
    private let model: OpaquePointer
    private let context: OpaquePointer

    init(path: String, threads: Int, contextSize: Int) throws {
        var modelParams = llama_model_default_params()
        modelParams.load_mode = LLAMA_LOAD_MODE_MMAP
        guard let model = llama_model_load_from_file(path, modelParams) else { throw CocoaError(.fileReadCorruptFile) }
        var params = llama_context_default_params()
        params.n_ctx = UInt32(contextSize)
        params.n_seq_max = 1
        params.n_batch = 256
        params.n_ubatch = 256
        params.n_threads = Int32(threads)
        params.n_threads_batch = Int32(threads)
        params.kv_unified = false
        params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.no_perf = true
        guard let context = llama_init_from_model(model, params) else { throw CocoaError(.fileReadCorruptFile) }
        self.model = model
        self.context = context
    }

    deinit {
        llama_free(self.context)
        llama_model_free(self.model)
    }

    /// Decodes greedily after the prompt and returns the milliseconds between the tokens.
    func generate(_ prompt: [Token], count: Int) -> [Double] {
        llama_memory_clear(llama_get_memory(self.context), true)
        let vocabulary = llama_model_get_vocab(self.model)
        let size = Int(llama_vocab_n_tokens(vocabulary))
        var batch = llama_batch_init(256, 0, 1)
        defer { llama_batch_free(batch) }
        let sampler = llama_sampler_init_greedy()
        defer { llama_sampler_free(sampler) }

        func fill(_ tokens: ArraySlice<Token>, at position: Int) {
            batch.n_tokens = Int32(tokens.count)
            for (row, token) in tokens.enumerated() {
                batch.token[row] = token.rawValue
                batch.pos[row] = Int32(position + row)
                batch.n_seq_id[row] = 1
                batch.seq_id[row]?[0] = 0
                batch.logits[row] = row == tokens.count - 1 ? 1 : 0
            }
        }

        func largest() -> llama_token {
            guard let logits = llama_get_logits_ith(self.context, -1) else { return 0 }
            var best = 0
            for index in 1..<size where logits[index] > logits[best] { best = index }
            return llama_token(best)
        }

        fill(prompt[...], at: 0)
        _ = llama_decode(self.context, batch)
        var token = largest()
        var piece = [CChar](repeating: 0, count: 64)
        var gaps: [Double] = []
        var last = ContinuousClock.now
        for index in 0..<(count - 1) {
            _ = llama_token_to_piece(vocabulary, token, &piece, 64, 0, false)
            fill([Token(rawValue: token)], at: prompt.count + index)
            _ = llama_decode(self.context, batch)
            token = largest()
            let now = ContinuousClock.now
            gaps.append((now - last) / .milliseconds(1))
            last = now
        }
        return gaps
    }
}
