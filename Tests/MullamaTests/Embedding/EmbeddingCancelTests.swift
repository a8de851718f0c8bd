import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Embeddings that end early", .timeLimit(.minutes(1)))
struct EmbeddingCancelTests {
    enum Phase: CaseIterable {
        /// Its text is made into tokens.
        case text
        /// What it takes is being made.
        case making
        /// Another call has its turn.
        case queued
        /// A part is computed.
        case computing
    }

    enum Way: CaseIterable {
        case task, token, deadline
    }

    private static let text = String(repeating: "x", count: 100)

    @Test("the caller is free at once, and the model goes on", arguments: Phase.allCases, Way.allCases)
    func cancelled(_ phase: Phase, _ way: Way) async throws {
        let clock = ManualClock()
        let fake = FakeModel(
            FakeControl(isTextHeld: phase == .text),
            embeddings: FakeEmbeddings(isHeld: phase == .queued || phase == .computing, isReady: phase != .making),
            clock: clock
        )
        let model = fake.model
        var other: Task<[Embedding], any Error>?
        if phase == .queued {
            other = Task { try await model.embed(["other"], options: EmbeddingOptions(priority: .interactive)) }
            await fake.embeddings.parts(1)
        }
        let token = CancellationToken()
        let options = EmbeddingOptions(deadline: way == .deadline ? .seconds(1) : nil, cancellation: token)
        let task = Task { try await model.embed([Self.text], options: options) }
        switch phase {
        case .text: await fake.control.texts(1)
        case .making: await fake.embeddings.until { $0.waits > 0 }
        case .queued: await fake.control.texts(2)
        case .computing: await fake.embeddings.parts(1)
        }

        switch way {
        case .task: task.cancel()
        case .token: token.cancel()
        case .deadline:
            await clock.nextSleeper()
            clock.advance(by: .seconds(1))
        }
        await #expect {
            _ = try await task.value
        } throws: { error in
            way == .deadline
                ? (error as? MullamaError)?.code == .timedOut && (error as? MullamaError)?.message.contains("0 of 1") == true
                : error is CancellationError
        }

        fake.control.releaseText()
        fake.embeddings.release()
        fake.embeddings.makeReady()
        if let other { #expect(try await other.value.count == 1) }
        #expect(try await model.embed(["abc"]).map(\.promptTokens) == [3])
        // Of the call that ended, no part was begun that was not under way.
        let parts = fake.embeddings.log.parts.filter { Set($0.tokens) == [120] }
        #expect(parts.count == (phase == .computing ? 1 : 0))
        await model.close()
        #expect(fake.embeddings.log.live == 0)
    }

    @Test("a task and a token that are cancelled already end the call before anything is done")
    func before() async throws {
        let fake = FakeModel()
        let token = CancellationToken()
        token.cancel()
        await #expect(throws: CancellationError.self) {
            _ = try await fake.model.embed([Self.text], options: EmbeddingOptions(cancellation: token))
        }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await fake.model.embed([Self.text])
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try await fake.model.embed(["abc"]).count == 1)
    }

    @Test(
        "close serves the calls that were made, and refuses later ones",
        arguments: [EmbeddingCancelTests.Phase.text, .making, .computing]
    )
    func close(_ phase: Phase) async throws {
        let fake = FakeModel(
            FakeControl(isTextHeld: phase == .text),
            embeddings: FakeEmbeddings(isHeld: phase == .computing, isReady: phase != .making)
        )
        let model = fake.model
        // More than is made into tokens at once.
        let texts = [String](repeating: String(repeating: "x", count: 500), count: 200)
        let task = Task { try await model.embed(texts) }
        switch phase {
        case .text: await fake.control.texts(1)
        case .making: await fake.embeddings.until { $0.waits > 0 }
        case .queued, .computing: await fake.embeddings.parts(1)
        }
        let closing = Task { await model.close() }
        try await waitWhile(!model.host.isClosed)
        await #expect { _ = try await model.embed(["late"]) } throws: { ($0 as? MullamaError)?.code == .modelClosed }
        fake.control.releaseText()
        fake.embeddings.release()
        fake.embeddings.makeReady()
        #expect(try await task.value.count == 200)
        await closing.value
        #expect(fake.embeddings.log.live == 0)
    }

    @Test("after its grace period, a close ends what is left")
    func grace() async throws {
        let fake = FakeModel(embeddings: FakeEmbeddings(isReady: false))
        let task = Task { try await fake.model.embed([Self.text]) }
        await fake.embeddings.until { $0.waits > 0 }
        await fake.model.close(grace: .zero)
        await #expect { _ = try await task.value } throws: { ($0 as? MullamaError)?.code == .modelClosed }
    }

    @Test("a call outlives the variable that its model was in")
    func lifetime() async throws {
        let embeddings = FakeEmbeddings(isHeld: true)
        let task = Task { try await FakeModel(embeddings: embeddings).model.embed([Self.text]) }
        await embeddings.parts(1)
        embeddings.release()
        #expect(try await task.value.count == 1)
        await embeddings.until { $0.live == 0 }
    }
}
