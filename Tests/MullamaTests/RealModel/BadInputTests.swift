import Foundation
import InferenceCore
import Testing

@testable import Mullama

@Suite("Bad input gets a clear error and changes nothing", .serialized, .timeLimit(.minutes(3)))
struct BadInputTests {
    private func expect(_ code: MullamaError.Code, saying words: String..., from body: () async throws -> Void) async {
        await #expect {
            try await body()
        } throws: { error in
            guard let error = error as? MullamaError else { return false }
            return error.code == code && words.allSatisfy { error.message.contains($0) } && !error.message.contains("\n")
        }
    }

    private func temporaryFile(_ bytes: Data) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-\(UUID().uuidString).gguf")
        try bytes.write(to: url)
        return url
    }

    @Test("S03: a missing path, a directory, an unknown name")
    func notThere() async throws {
        await self.expect(.modelNotFound, saying: "/nowhere/model.gguf") { _ = try await AsyncModel.load("/nowhere/model.gguf") }
        await self.expect(.invalidModelFile, saying: "/tmp is a folder") { _ = try await AsyncModel.load("/tmp") }
        await self.expect(.modelNotFound, saying: "nosuchmodel") { _ = try await AsyncModel.load("nosuchmodel") }
    }

    @Test("S03: not a GGUF, an empty file")
    func notAModel() async throws {
        for bytes in [Data("This is not a model, it is a text.".utf8), Data()] {
            let url = try self.temporaryFile(bytes)
            defer { try? FileManager.default.removeItem(at: url) }
            await self.expect(.invalidModelFile, saying: url.lastPathComponent) { _ = try await AsyncModel.load(contentsOf: url) }
        }
    }

    @Test("S03: a truncated model says how many bytes are missing; what was loaded before works on", .needsModel)
    func truncated() async throws {
        let handle = try FileHandle(forReadingFrom: RealModel.url)
        let url = try self.temporaryFile(#require(try handle.read(upToCount: 20_000_000)))
        defer { try? FileManager.default.removeItem(at: url) }
        let model = try await RealModel.load()
        await self.expect(.invalidModelFile, saying: "20000000") { _ = try await AsyncModel.load(contentsOf: url) }
        #expect(try await model.generate("The capital of France is", maxTokens: 4, options: .greedy).contains("Paris"))
    }

    @Test("S03: an architecture that llama.cpp does not know", .needsModel)
    func unknownArchitecture() async throws {
        var bytes = try Data(contentsOf: RealModel.url)
        let key = Data("general.architecture".utf8)
        let place = try #require(bytes.range(of: key)).upperBound + 12
        bytes.replaceSubrange(place..<(place + 5), with: Data("lemma".utf8))
        let url = try self.temporaryFile(bytes)
        defer { try? FileManager.default.removeItem(at: url) }
        await self.expect(.unsupportedModel, saying: "lemma") { _ = try await AsyncModel.load(contentsOf: url) }
    }

    @Test("Arguments out of range, each by name; the model works on", .needsModel)
    func ranges() async throws {
        let model = try await RealModel.load()
        let context = AsyncContext(model)
        await self.expect(.invalidRequest, saying: "empty") { _ = try await context.generate("") }
        await self.expect(.invalidRequest, saying: "maxTokens", "0") { _ = try await context.generate("x", maxTokens: 0) }
        await self.expect(.invalidRequest, saying: "temperature", "-1") {
            _ = try await context.generate("x", options: .init(temperature: -1))
        }
        await self.expect(.invalidRequest, saying: "topP", "1.5") { _ = try await context.generate("x", options: .init(topP: 1.5)) }
        await self.expect(.invalidRequest, saying: "temperature") { _ = try await context.generate("x", options: .init(temperature: .nan)) }
        await self.expect(.invalidRequest, saying: "repeatPenalty") {
            _ = try await context.generate("x", options: .init(repeatPenalty: 0))
        }
        await self.expect(.invalidRequest, saying: "stop") { _ = try await context.generate("x", options: .init(stop: [""])) }
        await self.expect(.invalidRequest, saying: "99999999") {
            _ = try await context.generate("x", options: .init(logitBias: [99_999_999: 1]))
        }
        await self.expect(.invalidGrammar, saying: "line 1") { _ = try await context.generate("x", options: .init(grammar: "root = 1")) }
        await self.expect(.invalidRequest, saying: "token") { _ = try await context.stream([Token(rawValue: -1)]).collect() }
        await self.expect(.invalidRequest, saying: "contextSize") {
            _ = try await AsyncContext(model, ContextParams(contextSize: 0)).generate("x")
        }
        await self.expect(.invalidRequest, saying: "parallel") { _ = try await AsyncModel.load(RealModel.name, ModelParams(parallel: 0)) }
        #expect(try await context.generate("The capital of France is", maxTokens: 4, options: .greedy).contains("Paris"))
    }

    @Test("A prompt longer than its context is refused with both counts", .needsModel)
    func tooLong() async throws {
        let model = try await RealModel.load()
        let text = String(repeating: "hello ", count: 300)
        let count = try await model.tokenize(text).count
        await self.expect(.contextWindowExceeded, saying: "\(count)", "128") {
            _ = try await AsyncContext(model, ContextParams(contextSize: 128)).generate(text)
        }
    }

    @Test("No memory for the context: the numbers, no crash, and the model works on", .needsModel)
    func noMemory() async throws {
        let model = try await RealModel.load()
        await self.expect(.outOfMemory, saying: "available") {
            _ = try await AsyncContext(model, ContextParams(contextSize: 1 << 24)).generate("x", maxTokens: 1 << 23)
        }
        let small = try await AsyncModel.load(RealModel.name, ModelParams(cacheMemory: 2_000_000))
        await self.expect(.cacheExhausted, saying: "cacheMemory") { _ = try await small.generate("x", maxTokens: 1000) }
        #expect(try await model.generate("The capital of France is", maxTokens: 4, options: .greedy).contains("Paris"))
    }

    @Test("A grammar that leaves no token ends its request alone", .needsModel)
    func deadEnd() async throws {
        let model = try await RealModel.load()
        async let other = model.generate("The capital of France is", maxTokens: 8, options: .greedy)
        let all = Dictionary(uniqueKeysWithValues: (0..<Int32(model.info.vocabularySize)).map { (Token(rawValue: $0), -Double.infinity) })
        await self.expect(.invalidGrammar, saying: "no token") {
            _ = try await model.generate("x", options: .init(temperature: 0, logitBias: all))
        }
        #expect(try await other.contains("Paris"))
    }
}
