import Foundation
import InferenceCore
import ModelStore

/// Finds the settings that suit a model on this machine, and remembers them: ``AsyncModel/load(_:_:onProgress:)`` takes what is remembered.
///
/// Measuring takes all cores: what else runs then makes the figures wrong, and is slowed down itself.
public struct ModelTuner: Sendable {
    private let nameOrPath: String
    let params: ModelParams
    let store: TuningStore

    /// - Parameters:
    ///   - nameOrPath: A name in the model store, or a path.
    ///   - cacheType: How the KV cache is to be stored: settings are chosen for it, and it is not chosen itself, since what it stores is rounded.
    ///   - gpuLayers: As in ``ModelParams``.
    public init(_ nameOrPath: String, cacheType: CacheType = .f16, gpuLayers: Int? = nil) {
        self.init(nameOrPath, ModelParams(cacheType: cacheType, gpuLayers: gpuLayers, tuning: .off), store: TuningStore())
    }

    init(_ nameOrPath: String, _ params: ModelParams, store: TuningStore) {
        self.nameOrPath = nameOrPath
        self.params = params
        self.store = store
    }

    /// Measures candidates against the defaults, in turn, and chooses.
    ///
    /// - Parameters:
    ///   - timeLimit: How long it may take, loading not counted; the defaults are measured once however long that takes.
    ///   - allowsOtherAnswers: Whether settings may be chosen with which an answer depends on what else runs.
    ///   - onProgress: The part that is done, from 0 to 1, on a thread of the measurement.
    /// - Throws: ``MullamaError`` as a load does, `invalidRequest` for a time limit that is not above zero. `CancellationError` when the task is
    ///   cancelled; nothing is left behind.
    public func measure(
        timeLimit: Duration = .seconds(120),
        allowsOtherAnswers: Bool = false,
        onProgress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> TuningReport {
        guard timeLimit > .zero else { throw MullamaError(.invalidRequest, "the time limit is \(timeLimit): it must be above zero") }
        let (weights, header, _, name) = try await self.open()
        let model = name ?? header.url.lastPathComponent
        return try await Self.onThread { [params] abort in
            var calibration = Calibration(
                weights: weights,
                header: header,
                cacheType: params.cacheType,
                isRelaxed: allowsOtherAnswers,
                timeLimit: timeLimit,
                abort: abort,
                onProgress: onProgress
            )
            return try calibration.run(model: model)
        }
    }

    /// Remembers a choice for this model, machine and cache type, in place of an earlier one.
    ///
    /// - Throws: ``MullamaError`` with `modelNotFound`, `invalidModelFile` or `ioFailed`.
    public func remember(_ report: TuningReport) async throws {
        try await self.onFile { url, header in
            let record = TuningRecord(
                model: try ModelIdentity.fingerprint(of: url),
                machine: MachineIdentity(processor: report.processor, cores: report.cores),
                llama: report.llama,
                gpuLayers: self.params.gpuLayers,
                settings: report.choice.settings,
                keepsAnswers: report.choice.keepsAnswers,
                reason: report.choice.reason,
                measured: report.measured
            )
            try self.store.write(record, size: header.fileSize)
        }
    }

    /// Forgets what was remembered for this model, with every cache type.
    ///
    /// - Returns: Whether there was anything.
    /// - Throws: As ``remember(_:)``.
    public func forget() async throws -> Bool {
        try await self.onFile { url, header in try self.store.remove(for: url, header) > 0 }
    }

    func open() async throws -> (weights: ModelWeights, header: GGUFHeader, record: TuningRecord?, name: String?) {
        let opened = try await ModelLoader(self.params, onProgress: nil).open(self.nameOrPath)
        guard try await !opened.weights.isEncoder(opened.header) else {
            throw MullamaError(.unsupportedModel, "\(self.nameOrPath) computes embeddings and does not generate: there is nothing to tune")
        }
        return opened
    }

    func header() async throws -> GGUFHeader {
        try await self.onFile { _, header in header }
    }

    private func onFile<R: Sendable>(_ body: @escaping @Sendable (URL, GGUFHeader) throws -> R) async throws -> R {
        try await Self.onThread { [nameOrPath] _ in
            do {
                let url = try ModelStore().resolve(nameOrPath).url
                return try body(url, try GGUFHeader(contentsOf: url))
            } catch let error as ModelStoreError {
                throw MullamaError(error)
            }
        }
    }

    /// Runs blocking work on a thread of its own.
    ///
    /// - Parameter body: Its signal is given when the task is cancelled.
    static func onThread<R: Sendable>(_ body: @escaping @Sendable (AbortSignal) throws -> R) async throws -> R {
        try Task.checkCancellation()
        let abort = AbortSignal()
        let thread = InferenceThread(name: "mullama-tune")
        defer { thread.stop() }
        return try await withTaskCancellationHandler {
            try await thread.perform { try body(abort) }
        } onCancel: {
            abort.cancel(BareContext.request)
        }
    }
}
