import CLlama

/// Owns a chain of llama.cpp's samplers and frees it with them.
struct SamplerChain: ~Copyable {
    private let pointer: UnsafeMutablePointer<llama_sampler>

    init() {
        var params = llama_sampler_chain_default_params()
        params.no_perf = true
        self.pointer = llama_sampler_chain_init(params)
    }

    deinit {
        llama_sampler_free(self.pointer)
    }

    /// Appends a sampler, which the chain then owns.
    ///
    /// - Returns: Whether there was one: llama.cpp returns null for arguments that it refuses.
    @discardableResult
    func append(_ sampler: UnsafeMutablePointer<llama_sampler>?) -> Bool {
        guard let sampler else { return false }
        llama_sampler_chain_add(self.pointer, sampler)
        return true
    }

    func apply(to candidates: inout llama_token_data_array) {
        llama_sampler_apply(self.pointer, &candidates)
    }

    func accept(_ token: llama_token) {
        llama_sampler_accept(self.pointer, token)
    }
}
