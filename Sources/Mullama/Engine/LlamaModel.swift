import CLlama

/// Owns a loaded `llama_model` and frees it.
struct LlamaModel: ~Copyable {
    let pointer: OpaquePointer

    /// Loads a model. Blocks until it is there.
    ///
    /// - Parameters:
    ///   - isCancelled: Asked between tensors; true ends the load with `CancellationError`.
    ///   - onProgress: The part that is loaded, 0 to 1.
    init(
        path: String,
        _ params: ModelParams,
        isCancelled: @escaping @Sendable () -> Bool,
        onProgress: @escaping @Sendable (Double) -> Void
    ) throws {
        LlamaLibrary.initialize()
        var c = llama_model_default_params()
        c.load_mode = params.useMemoryMap ? LLAMA_LOAD_MODE_MMAP : LLAMA_LOAD_MODE_NONE
        c.n_gpu_layers = params.gpuLayers.map { Int32(clamping: $0) } ?? -1

        let callbacks = Callbacks(isCancelled: isCancelled, onProgress: onProgress)
        let (pointer, errors) = withExtendedLifetime(callbacks) {
            c.progress_callback = { progress, context in
                guard let context else { return true }
                let callbacks = Unmanaged<Callbacks>.fromOpaque(context).takeUnretainedValue()
                if progress == 0 { ExitGuard.register() }
                callbacks.onProgress(Double(progress))
                return !callbacks.isCancelled() && !ExitGuard.isEnding
            }
            c.progress_callback_user_data = Unmanaged.passUnretained(callbacks).toOpaque()
            return LlamaLog.shared.capturingErrors { ExitGuard.computing { llama_model_load_from_file(path, c) } }
        }
        if isCancelled() {
            if let pointer { llama_model_free(pointer) }
            throw CancellationError()
        }
        guard let pointer else { throw Self.loadError(path: path, errors: errors) }
        self.pointer = pointer
    }

    deinit {
        llama_model_free(self.pointer)
    }

    private final class Callbacks: Sendable {
        let isCancelled: @Sendable () -> Bool
        let onProgress: @Sendable (Double) -> Void

        init(isCancelled: @escaping @Sendable () -> Bool, onProgress: @escaping @Sendable (Double) -> Void) {
            self.isCancelled = isCancelled
            self.onProgress = onProgress
        }
    }

    private static func loadError(path: String, errors: [String]) -> MullamaError {
        let said = errors.first.map { " (llama.cpp: \($0))" } ?? ""
        if errors.contains(where: { $0.contains("unknown model architecture") || $0.contains("unknown pre-tokenizer") }) {
            return MullamaError(
                .unsupportedModel,
                "llama.cpp \(LlamaLibrary.version) does not know the architecture of \(path)\(said): update llama.cpp or use another model"
            )
        }
        if errors.contains(where: { $0.contains("alloc") || $0.contains("memory") }) {
            return MullamaError(.outOfMemory, "no memory for the weights of \(path)\(said): use a smaller model or quantization")
        }
        return MullamaError(
            .invalidModelFile,
            "llama.cpp could not load \(path)\(said): the file may be damaged, fetch it again"
        )
    }
}
