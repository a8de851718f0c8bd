import CBenchLlama
import Foundation
import Mullama

/// The least that can be written around `llama_decode`: one sequence, greedy, tokens turned into bytes. The measure for our engine.
///
/// Sendable by hand: a scenario gives it one request at a time and waits until that has ended,
/// so that no two threads ever use its context at once.
final class BareLoop: Contestant, @unchecked Sendable {
    let side = Side.bareLoop
    private let model: OpaquePointer
    private let context: OpaquePointer

    init(path: String, threads: Int, contextSize: Int) throws {
        // Says nothing, as in our library, which also readies llama.cpp.
        LlamaLibrary.setLogger(nil)
        _ = LlamaLibrary.devices
        var modelParams = llama_model_default_params()
        modelParams.load_mode = LLAMA_LOAD_MODE_MMAP
        guard let model = llama_model_load_from_file(path, modelParams) else { throw BenchError("llama.cpp does not load \(path)") }
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
        guard let context = llama_init_from_model(model, params) else {
            llama_model_free(model)
            throw BenchError("llama.cpp does not make a context of \(contextSize) tokens for \(path)")
        }
        self.model = model
        self.context = context
    }

    deinit {
        llama_free(self.context)
        llama_model_free(self.model)
    }

    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (String, Int) -> Void) async throws {
        await OwnThread.run { self.generate(self.tokenize(prompt), count: tokens, onPart: onPart) }
    }

    func settle() async throws {}

    func stop() async {}

    private func tokenize(_ text: String) -> [llama_token] {
        let vocabulary = llama_model_get_vocab(self.model)
        var tokens = [llama_token](repeating: 0, count: text.utf8.count + 8)
        let count = llama_tokenize(vocabulary, text, Int32(text.utf8.count), &tokens, Int32(tokens.count), true, false)
        return Array(tokens.prefix(max(0, Int(count))))
    }

    private func generate(_ prompt: [llama_token], count: Int, onPart: (String, Int) -> Void) {
        llama_memory_clear(llama_get_memory(self.context), true)
        let vocabulary = llama_model_get_vocab(self.model)
        let size = Int(llama_vocab_n_tokens(vocabulary))
        var batch = llama_batch_init(256, 0, 1)
        defer { llama_batch_free(batch) }

        func fill(_ tokens: ArraySlice<llama_token>, at position: Int) {
            batch.n_tokens = Int32(tokens.count)
            for (row, token) in tokens.enumerated() {
                batch.token[row] = token
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

        var piece = [CChar](repeating: 0, count: 256)
        fill(prompt[...], at: 0)
        for index in 0..<count {
            _ = llama_decode(self.context, batch)
            let token = largest()
            let length = llama_token_to_piece(vocabulary, token, &piece, Int32(piece.count), 0, false)
            onPart(String(decoding: piece.prefix(max(0, Int(length))).map(UInt8.init(bitPattern:)), as: UTF8.self), 1)
            fill([token], at: prompt.count + index)
        }
    }
}
