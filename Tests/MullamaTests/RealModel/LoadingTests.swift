import Foundation
import InferenceCore
import Synchronization
import Testing

@testable import Mullama

@Suite("Loading the real model", .needsModel, .serialized, .timeLimit(.minutes(3)))
struct LoadingTests {
    @Test("S03: progress rises to 1")
    func progress() async throws {
        let seen = Mutex<[Double]>([])
        // Read into memory, since a mapped file is there at once; and no other test shares a load of that kind.
        let model = try await AsyncModel.load(RealModel.name, ModelParams(useMemoryMap: false)) { progress in
            seen.withLock { $0.append(progress) }
        }
        let values = seen.withLock { $0 }
        #expect(values == values.sorted())
        #expect(values.last == 1)
        #expect(try await model.generate("The capital of France is", maxTokens: 4, options: .greedy).contains("Paris"))
    }

    @Test("S03: cancelling the task ends the load, and the next load works")
    func cancel() async throws {
        let started = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await AsyncModel.load(RealModel.name, ModelParams(gpuLayers: 1, useMemoryMap: false)) { _ in started.continuation.yield() }
        }
        for await _ in started.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let model = try await AsyncModel.load(RealModel.name, ModelParams(gpuLayers: 1, useMemoryMap: false))
        #expect(model.info.layerCount == 30)
    }

    @Test("S03: a task that is cancelled before it loads loads nothing")
    func cancelledBefore() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await AsyncModel.load(RealModel.name)
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test("The model says what it is")
    func info() async throws {
        let info = try await RealModel.load().info
        #expect(info.name == RealModel.name)
        #expect(info.architecture == "llama")
        #expect(info.quantization == "Q4_1")
        #expect(info.layerCount == 30)
        #expect(info.vocabularySize == 49152)
        #expect(info.trainingContextSize == 8192)
        #expect((130_000_000...140_000_000).contains(info.parameterCount))
    }

    @Test("The chat template frames the conversation")
    func template() async throws {
        let model = try await RealModel.load()
        let text = try await model.applyTemplate([ChatMessage(.system, "Be brief."), ChatMessage(.user, "Hi <there>")])
        #expect(text == "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <there><|im_end|>\n<|im_start|>assistant\n")
        let rendered = try await AsyncContext(model).stream(rendered: text, maxTokens: 20, options: .greedy).collect()
        #expect(rendered.finishReason == .stop || rendered.usage.completionTokens == 20)
    }
}
