public import Foundation
import InferenceCore
import ModelStore

extension ModelTuner {
    /// Measures what other formats of the model's weights would give here: each is converted into a temporary file by llama.cpp, measured in turn
    /// with the file as it is, and removed.
    ///
    /// - Parameters:
    ///   - formats: Those to measure; the file's own is left out.
    ///   - onProgress: The part that is done, from 0 to 1, on any thread.
    /// - Throws: ``MullamaError`` as a load does; `ioFailed` if the disk has no room. `CancellationError` when the task is cancelled: the files are
    ///   gone at once, though a conversion that runs computes to its end.
    public func formats(
        _ formats: [WeightFormat] = WeightFormat.allCases,
        onProgress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> FormatReport {
        let (original, header, _, name) = try await self.open()
        let own = header.fileType?.description ?? header.dominantTensorType?.description
        let others = formats.filter { $0.fileType != header.fileType }
        let settings = EngineSettings.standard(self.params.cacheType)
        let contextSize = header.contextSize(nil)
        let first = try await Self.onThread { abort in
            let survey = try FormatSurvey(original, contextSize: contextSize, settings: settings, abort: abort)
            return (perplexity: try survey.perplexity(original), tokens: survey.perplexityTokens, streams: survey.load.streams)
        }
        var measurements: [FormatMeasurement] = []
        var originals: [TuningFigures] = []
        for (index, format) in others.enumerated() {
            let part: @Sendable (Double) -> Void = { onProgress((Double(index) + $0) / Double(others.count)) }
            part(0)
            let measured = try await self.withConverted(
                header,
                format,
                onProgress: { part($0 / 3) },
                body: { url, fallbacks in
                    try await self.measure(url, format, fallbacks, beside: original, contextSize: contextSize, settings: settings)
                }
            )
            measurements.append(measured.0)
            originals.append(measured.1)
        }
        onProgress(1)
        let machine = MachineIdentity.current
        let one = TuningFigures(prefill: 1, deepPrefill: 1, decode: 1, streams: 1, deepDecode: 1)
        let asItIs = TuningFigures.medians(originals).map {
            FormatMeasurement(
                format: nil,
                name: own ?? "as it is",
                size: header.fileSize,
                $0,
                one,
                perplexity: first.perplexity,
                fallbackTensors: 0
            )
        }
        return FormatReport(
            model: name ?? header.url.lastPathComponent,
            source: own ?? "unknown",
            processor: machine.processor,
            cores: machine.cores,
            streams: first.streams,
            perplexityTokens: first.tokens,
            measurements: (asItIs.map { [$0] } ?? []) + measurements.sorted { $0.size < $1.size }
        )
    }

    /// - Returns: What a converted file gives, and what the original gave meanwhile.
    private func measure(
        _ url: URL,
        _ format: WeightFormat,
        _ fallbacks: Int,
        beside original: ModelWeights,
        contextSize: Int,
        settings: EngineSettings
    ) async throws -> (FormatMeasurement, TuningFigures) {
        try await Self.onThread { [params] abort in
            let model = try LlamaModel(
                path: url.path,
                params,
                isCancelled: { abort.isCancelled(BareContext.request) },
                onProgress: { _ in }
            )
            let weights = ModelWeights(model)
            let survey = try FormatSurvey(original, contextSize: contextSize, settings: settings, abort: abort)
            let (figures, theirs, ratios) = try survey.compare(weights, with: original)
            let measurement = FormatMeasurement(
                format: format,
                name: format.description,
                size: try GGUFHeader(contentsOf: url).fileSize,
                figures,
                ratios,
                perplexity: try survey.perplexity(weights),
                fallbackTensors: fallbacks
            )
            return (measurement, theirs)
        }
    }

    /// Converts the model's weights to another format and lends the file: it is gone when `body` returns.
    ///
    /// - Parameters:
    ///   - onProgress: The part of the conversion that is done, from 0 to 1, on a thread of it.
    ///   - body: Reads, copies or loads the file.
    /// - Throws: ``MullamaError`` with `modelNotFound`, `invalidModelFile`, `unsupportedModel` or `ioFailed` (no room on the disk among others), and
    ///   what `body` throws. `CancellationError` when the task is cancelled: the file is gone at once, though the conversion computes to its end.
    public func withConverted<R: Sendable>(
        to format: WeightFormat,
        onProgress: @escaping @Sendable (Double) -> Void = { _ in },
        body: @Sendable (URL) async throws -> R
    ) async throws -> R {
        let header = try await self.header()
        return try await self.withConverted(header, format, onProgress: onProgress) { url, _ in try await body(url) }
    }

    private func withConverted<R: Sendable>(
        _ header: GGUFHeader,
        _ format: WeightFormat,
        onProgress: @escaping @Sendable (Double) -> Void,
        body: @Sendable (URL, _ fallbacks: Int) async throws -> R
    ) async throws -> R {
        try Task.checkCancellation()
        let scratch = try ScratchFolder(in: self.store.folder)
        return try await withTaskCancellationHandler {
            defer { scratch.remove() }
            try scratch.require(format.largestSize(of: header), for: "converting to \(format)")
            let target = scratch.url.appending(path: "\(format).gguf")
            let conversion = JobOutcome<Int>()
            InferenceThread.runOnce(name: "mullama-quant") {
                let result = Result { () throws -> Int in
                    try WeightQuantizer.write(header.url, as: format, to: target, onProgress: onProgress)
                }
                if conversion.isOver { scratch.remove() }
                conversion.finish(result)
            }
            return try await body(target, try await conversion.wait())
        } onCancel: {
            scratch.remove()
        }
    }
}

extension FormatMeasurement {
    fileprivate init(
        format: WeightFormat?,
        name: String,
        size: Int,
        _ figures: TuningFigures,
        _ ratios: TuningFigures,
        perplexity: Double,
        fallbackTensors: Int
    ) {
        self.init(
            format: format,
            name: name,
            size: size,
            prefill: figures.prefill,
            decode: figures.decode,
            streams: figures.streams,
            prefillRatio: ratios.prefill,
            decodeRatio: ratios.decode,
            streamsRatio: ratios.streams,
            perplexity: perplexity,
            fallbackTensors: fallbackTensors
        )
    }
}
