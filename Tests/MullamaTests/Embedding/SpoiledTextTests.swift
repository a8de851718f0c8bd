import Foundation
import InferenceCore
import Testing

@testable import Mullama

/// What is no number in one text, computed by llama.cpp itself.
@Suite("A text that spoils the cache", .needsModel, .serialized, .timeLimit(.minutes(2)))
struct SpoiledTextTests {
    @Test("fails alone: later texts have the vectors that they had before")
    func spoiled() async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-\(UUID().uuidString).gguf")
        try TinyDecoder.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let model = try await AsyncModel.load(contentsOf: url, ModelParams(threads: 1, reproducibility: .relaxed, tuning: .off))
        let texts = ["abc", String(repeating: "the quick brown fox ", count: 10)]
        let before = try await model.embed(texts)
        await #expect {
            _ = try await model.embed([String(repeating: TinyDecoder.poison, count: 100)])
        } throws: {
            ($0 as? MullamaError)?.code == .engineFailed
        }
        #expect(try await model.embed(texts) == before)
        await model.close()
    }
}
