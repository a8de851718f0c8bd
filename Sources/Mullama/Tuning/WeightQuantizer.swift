import CLlama
import Foundation

/// llama.cpp's own quantiser. It cannot be interrupted.
enum WeightQuantizer {
    /// Writes a model in another format. Blocks for as long as that takes, with all threads at work.
    ///
    /// - Parameter onProgress: The part of the tensors that is done, from 0 to 1.
    /// - Returns: How many tensors had to be stored in another format than that, since their width is no multiple of its blocks.
    /// - Throws: ``MullamaError`` with `unsupportedModel` or `ioFailed`, and what llama.cpp said.
    static func write(
        _ source: URL,
        as format: WeightFormat,
        to target: URL,
        onProgress: @escaping @Sendable (Double) -> Void
    ) throws(MullamaError) -> Int {
        LlamaLibrary.initialize()
        var params = llama_model_quantize_default_params()
        params.nthread = Int32(clamping: ProcessInfo.processInfo.activeProcessorCount)
        params.ftype = format.llama
        params.allow_requantize = true
        let said = QuantizerLog()
        let (code, errors) = LlamaLog.shared.capturingErrors {
            LlamaLog.shared.listening { message in
                if let progress = said.receive(message) { onProgress(progress) }
            } to: {
                llama_model_quantize(source.path, target.path, &params)
            }
        }
        guard code == 0 else {
            let reason = errors.last ?? "no reason given"
            let isFile = reason.contains("stream") || reason.contains("write")
            throw MullamaError(
                isFile ? .ioFailed : .unsupportedModel,
                "\(source.path) could not be converted to \(format) (llama.cpp: \(reason)): try another format, or look for free space",
                underlying: Int(code)
            )
        }
        return said.fallbacks
    }
}
