import Foundation
import ModelStore
import Synchronization
import Testing

@testable import Mullama

@Suite("Tuning on the real model", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealTuningTests {
    private final class Place {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-tuning-\(UUID())", directoryHint: .isDirectory)

        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: self.url.path)) ?? [] }

        deinit {
            try? FileManager.default.removeItem(at: self.url)
        }
    }

    private let place = Place()
    private var store: TuningStore { TuningStore(folder: self.place.url) }
    private var tuner: ModelTuner { ModelTuner(RealModel.name, ModelParams(tuning: .off), store: self.store) }

    private func load(_ tuning: TuningUse = .remembered) async throws -> AsyncModel {
        try await ModelLoader(ModelParams(parallel: 2, tuning: tuning), store: self.store, onProgress: nil).load(RealModel.name)
    }

    @Test("A calibration with little time measures the defaults at least, and its choice is used by later loads until it is forgotten")
    func measured() async throws {
        let before = try await self.load().generate("The sea is", maxTokens: 16, options: .greedy)
        let last = Mutex(0.0)
        var report = try await self.tuner.measure(timeLimit: .seconds(3)) { progress in last.withLock { $0 = max($0, progress) } }
        #expect(last.withLock { $0 } == 1)
        #expect(self.place.names.isEmpty)
        let defaults = try #require(report.measurements.first)
        #expect(defaults.candidate.settings == .standard(.f16))
        #expect(defaults.keepsAnswers && defaults.sameAnswers && defaults.speed == 1)
        #expect(defaults.figures.all.allSatisfy { $0 > 0 })
        #expect(report.measurements.count + report.unmeasured.count >= 4)
        #expect(report.choice.keepsAnswers)

        report.choice.settings.microBatch = 64
        try await self.tuner.remember(report)
        let model = try await self.load()
        #expect(model.info.settings == report.choice.settings)
        #expect(model.info.settingsOrigin.measured == report.measured)
        #expect(try await model.generate("The sea is", maxTokens: 16, options: .greedy) == before)
        #expect(try await self.load(.off).info.settings == .standard(.f16))

        #expect(try await self.tuner.forget())
        #expect(try await self.tuner.forget() == false)
        #expect(try await self.load().info.settingsOrigin == SettingsOrigin())
    }

    @Test("The check of answers finds what keeps them and what does not")
    func answers() throws {
        let url = try RealModel.url
        let weights = ModelWeights(try LlamaModel(path: url.path, ModelParams(), isCancelled: { false }, onProgress: { _ in }))
        let tokens = try Vocabulary(weights).tokenize(TuningText.english, addSpecial: true, parseSpecial: false)
        let check = AnswerCheck(tokens: tokens, length: AnswerCheck.leastLength)
        func isKept(_ settings: EngineSettings) throws -> Bool {
            try check.answer(ContextRecipe(weights: weights, settings: settings, rows: settings.microBatch, abort: AbortSignal())).isKept
        }
        #expect(try isKept(.standard(.f16)))
        #expect(try isKept(EngineSettings(microBatch: 64, threads: 1)))
        #expect(try !isKept(EngineSettings(flashAttention: true, threads: 2)))
        #expect(try !isKept(EngineSettings(cacheLayout: .unified, threads: 2)))
    }

    @Test("A cancelled calibration ends with CancellationError and leaves nothing behind")
    func cancelled() async throws {
        let tuner = self.tuner
        let (progress, continuation) = AsyncStream.makeStream(of: Double.self)
        let task = Task { try await tuner.measure(timeLimit: .seconds(100)) { continuation.yield($0) } }
        for await _ in progress { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(self.place.names.isEmpty)
        await #expect { try await tuner.measure(timeLimit: .zero) } throws: { ($0 as? MullamaError)?.code == .invalidRequest }
    }

    @Test("A converted copy is lent, loads, says the same, and is gone")
    func converted() async throws {
        let url = try await self.tuner.withConverted(to: .q8_0) { url in
            let header = try GGUFHeader(contentsOf: url)
            #expect(header.fileType == WeightFormat.q8_0.fileType)
            #expect(header.fileSize <= WeightFormat.q8_0.largestSize(of: try GGUFHeader(contentsOf: try RealModel.url)))
            let model = try await AsyncModel.load(url.path, ModelParams(parallel: 1, tuning: .off))
            #expect(try await model.generate("The capital of France is", maxTokens: 4, options: .greedy).contains("Paris"))
            return url
        }
        #expect(!FileManager.default.fileExists(atPath: url.path))
        #expect(self.place.names.isEmpty)
    }

    @Test("A conversion that is cancelled leaves nothing behind")
    func conversionCancelled() async throws {
        let tuner = self.tuner
        let (progress, continuation) = AsyncStream.makeStream(of: Double.self)
        let task = Task { try await tuner.withConverted(to: .q4_0, onProgress: { continuation.yield($0) }) { $0 } }
        for await _ in progress { break }
        #expect(self.place.names.count == 1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(self.place.names.isEmpty)
    }

    @Test("The perplexity of English is that of a model that knows English, and a worse format costs little")
    func perplexity() throws {
        let url = try RealModel.url
        let weights = ModelWeights(try LlamaModel(path: url.path, ModelParams(), isCancelled: { false }, onProgress: { _ in }))
        let tokens = try Vocabulary(weights).tokenize(TuningText.english, addSpecial: true, parseSpecial: false)
        #expect(tokens.count > 1_000)
        func perplexity(_ tokens: [Token]) throws -> Double {
            try Perplexity.measure(tokens, weights: weights, settings: .standard(.f16), abort: AbortSignal())
        }
        let plain = try perplexity(Array(tokens[..<150]))
        #expect((3...80).contains(plain))
        #expect(try perplexity(Array(tokens[..<150].reversed())) > 3 * plain)
    }
}
