import Foundation
import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Saving and restoring a context", .timeLimit(.minutes(1)))
struct SaveRestoreTests {
    private static let prompt = String(repeating: "0123456789abcdef", count: 6)

    private func saved(_ file: SavedFile, from fake: FakeModel = FakeModel()) async throws {
        let context = AsyncContext(fake.model)
        _ = try await context.generate(Self.prompt, maxTokens: 4)
        try await context.save(to: file.url)
    }

    private func expectRefused(_ file: SavedFile, in fake: FakeModel, contextSize: Int = 512, because reason: String? = nil) async throws {
        let context = AsyncContext(fake.model, ContextParams(contextSize: contextSize))
        await #expect {
            try await context.restore(from: file.url)
        } throws: { error in
            guard let error = error as? MullamaError else { return false }
            return error.code == .stateMismatch && (reason.map { error.message.contains($0) } ?? true)
                && error.message.contains(file.url.path)
        }
        // Nothing has changed, and the context works.
        let generation = try await AsyncContext(fake.model).stream(Self.prompt, maxTokens: 2).collect()
        #expect(generation.usage.cachedTokens == 0)
        #expect(try await context.generate("next", maxTokens: 4) == "next")
    }

    @Test("S38: what was computed is restored in another run: the prompt's blocks are found, and the answer is the same")
    func roundTrip() async throws {
        let file = SavedFile()
        try await self.saved(file)
        let fake = FakeModel(parallel: 2)
        let context = AsyncContext(fake.model)
        try await context.restore(from: file.url)
        for question in ["?", "!", " and more"] {
            let generation = try await context.stream(Self.prompt + question, maxTokens: 4).collect()
            #expect(generation.usage.cachedTokens == 80)
            #expect(generation.text == "0123")
        }
        await context.clear()
        let cold = try await context.stream(Self.prompt, maxTokens: 4).collect()
        #expect(cold.usage.cachedTokens == 0)
    }

    @Test("A restored context can be saved again, and an untouched one saves a file that restores nothing")
    func again() async throws {
        let (first, second, empty) = (SavedFile(), SavedFile(), SavedFile())
        try await self.saved(first)
        let context = AsyncContext(FakeModel().model)
        try await context.restore(from: first.url)
        try await context.save(to: second.url)
        #expect(try first.data == second.data)
        try await AsyncContext(FakeModel().model).save(to: empty.url)
        try await context.restore(from: empty.url)
        #expect(try await context.stream(Self.prompt, maxTokens: 2).collect().usage.cachedTokens == 80)
    }

    @Test("S08: clear, save and restore take their turn among the calls of their context, and hold up no other")
    func order() async throws {
        let file = SavedFile()
        let fake = FakeModel(FakeControl(isHeld: true))
        let context = AsyncContext(fake.model)
        let before = context.stream(Self.prompt, maxTokens: 8)
        await fake.control.steps(1)
        async let saved: Void = context.save(to: file.url)
        let other = AsyncContext(fake.model).stream("other", maxTokens: 5)
        // Now the text thread has sent it on: it runs beside the call before.
        _ = try await fake.model.tokenize("")
        await fake.control.advance { $0.plans.contains { $0.decode.count == 2 } }
        // The call before is held in its step, so the save has not had its turn.
        #expect(!FileManager.default.fileExists(atPath: file.url.path))
        fake.control.release()
        #expect(try await before.collect().text == "01234567")
        #expect(try await other.collect().text == "other")
        try await saved
        #expect(try SavedState(contentsOf: file.url).tokens.count == 80)

        let last = context.stream(Self.prompt, maxTokens: 2)
        async let cleared: Void = context.clear()
        #expect(try await last.collect().usage.cachedTokens == 80)
        await cleared
        #expect(try await context.stream(Self.prompt, maxTokens: 2).collect().usage.cachedTokens == 0)
    }

    @Test("A save that is cancelled before its turn writes nothing and holds up nothing")
    func cancelled() async throws {
        let file = SavedFile()
        let fake = FakeModel(FakeControl(isHeld: true))
        let context = AsyncContext(fake.model)
        let before = context.stream(Self.prompt, maxTokens: 8)
        await fake.control.steps(1)
        let save = Task { try await context.save(to: file.url) }
        _ = try await fake.model.tokenize("the text thread has sent the save on, if it was called")
        save.cancel()
        await #expect(throws: CancellationError.self) { try await save.value }
        fake.control.release()
        #expect(try await before.collect().text == "01234567")
        #expect(try await context.generate("next", maxTokens: 4) == "next")
        #expect(!FileManager.default.fileExists(atPath: file.url.path))
    }

    @Test("A model that is closed refuses, and one that is closing serves the save that came before")
    func closed() async throws {
        let file = SavedFile()
        let fake = FakeModel()
        let context = AsyncContext(fake.model)
        _ = try await context.generate(Self.prompt, maxTokens: 2)
        try await context.save(to: file.url)
        await fake.model.close()
        await #expect { try await context.save(to: file.url) } throws: { ($0 as? MullamaError)?.code == .modelClosed }
        await #expect { try await context.restore(from: file.url) } throws: { ($0 as? MullamaError)?.code == .modelClosed }
        await context.clear()
        #expect(try SavedState(contentsOf: file.url).tokens.count == 80)
    }

    // MARK: What is refused

    @Test("A file of another model, cut off, changed in any part, or of another kind is refused with the reason and changes nothing")
    func refused() async throws {
        let file = SavedFile()
        try await self.saved(file)
        let whole = try file.data
        try await self.expectRefused(file, in: FakeModel(fingerprint: "other"), because: "fingerprint")
        try await self.expectRefused(file, in: FakeModel(), contextSize: 64, because: "80 tokens")

        for size in [0, 5, 11, 40, whole.count / 2, whole.count - 1] {
            try file.write(whole.prefix(size))
            try await self.expectRefused(file, in: FakeModel(), because: size < 12 ? "not a saved context" : "damaged")
        }
        for place in stride(from: 12, to: whole.count, by: 37) {
            var changed = whole
            changed[place] ^= 0x10
            try file.write(changed)
            try await self.expectRefused(file, in: FakeModel())
        }
        try file.write(whole + Data([0]))
        try await self.expectRefused(file, in: FakeModel(), because: "bytes and should have")
        try file.write(Data("GGUF and what follows it".utf8))
        try await self.expectRefused(file, in: FakeModel(), because: "not a saved context")
    }

    @Test("What was saved where answers may depend on load is refused where they may not, and restored where they may")
    func relaxed() async throws {
        let file = SavedFile()
        try await self.saved(file, from: FakeModel(shape: .relaxed))
        try await self.expectRefused(file, in: FakeModel(), because: "reproducibility relaxed")

        let context = AsyncContext(FakeModel(shape: .relaxed).model)
        try await context.restore(from: file.url)
        #expect(try await context.stream(Self.prompt, maxTokens: 4).collect().usage.cachedTokens == 95)
    }

    @Test("A file that is not there, and a folder that cannot be written to, are told with the system's reason")
    func files() async throws {
        let context = AsyncContext(FakeModel().model)
        let nowhere = URL(filePath: "/nonexistent/folder/state")
        for call in [{ try await context.save(to: nowhere) }, { try await context.restore(from: nowhere) }] {
            await #expect {
                try await call()
            } throws: { error in
                let error = error as? MullamaError
                return error?.code == .ioFailed && error?.message.contains("/nonexistent/folder/state") == true
            }
        }
        #expect(try await context.generate("next", maxTokens: 4) == "next")
    }
}
