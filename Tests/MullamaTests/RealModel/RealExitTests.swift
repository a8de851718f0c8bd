import Foundation
import InferenceCore
import Testing

@testable import Mullama

/// Each body runs in a process of its own, which it ends while the model computes.
@Suite("A program that ends while it generates", .needsModel, .serialized, .timeLimit(.minutes(5)))
struct RealExitTests {
    /// What is registered first comes last: by then all is destroyed that the C library has made since, and threads that go on have time to find out.
    private static func lingerAtEnd() {
        atexit { usleep(200_000) }
    }

    @Test("its status is its own, in a prompt, between two tokens and after a stream was left")
    func status() async {
        for _ in 1...3 {
            await #expect(processExitsWith: .exitCode(7)) {
                Self.lingerAtEnd()
                let model = try await RealModel.load(parallel: 2)
                let long = AsyncContext(model).stream(String(repeating: "All work and no play. ", count: 300), maxTokens: 8)
                var options = GenerationOptions.greedy
                options.ignoreEndOfGeneration = true
                for try await _ in AsyncContext(model).stream("Once upon a time", maxTokens: 1_000, options: options).prefix(4) {}
                let rest = AsyncContext(model).stream("Once upon a time", maxTokens: 1_000, options: options)
                for try await _ in rest.prefix(2) {}
                withExtendedLifetime(long) { exit(7) }
            }
        }
    }

    @Test("while it loads")
    func loading() async {
        await #expect(processExitsWith: .exitCode(7)) {
            Self.lingerAtEnd()
            let load = Task { try await RealModel.load() }
            let early = Task { try await AsyncModel.load(RealModel.name, ModelParams(useMemoryMap: false, tuning: .off)) { _ in exit(7) } }
            _ = try await (load.value, early.value)
        }
    }
}
