import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Those who wait", .timeLimit(.minutes(1)))
struct QueueTests {
    @Test("A full queue refuses at once, with a code, the numbers and a time; those in it are served")
    func full() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1, queueLimit: 1)
        let first = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        let second = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        let third = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        _ = try await fake.model.tokenize("")
        fake.control.release()
        await #expect {
            _ = try await third.collect()
        } throws: { error in
            guard let error = error as? MullamaError else { return false }
            return error.code == .overloaded && error.message.contains("1 requests run and 1 wait")
        }
        #expect(try await first.collect().text == "abc")
        #expect(try await second.collect().text == "abc")
        #expect(fake.model.recentGenerations.map(\.errorCode).contains(.overloaded))
    }

    @Test("A call sees its place and how long it is likely to wait; a batch call that gave way is shown as suspended")
    func status() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1, parkedTokens: 1_000)
        let first = AsyncContext(fake.model).stream("abc", maxTokens: 1)
        await fake.control.steps(1)
        let batch = AsyncContext(fake.model).stream("abcdefgh", maxTokens: 8, options: .init(priority: .batch))
        _ = try await fake.model.tokenize("")
        await fake.control.advance(by: 2)
        let streams = [RequestPriority.normal, .normal, .interactive].map {
            AsyncContext(fake.model).stream("abc", maxTokens: 3, options: .init(priority: $0))
        }
        _ = try await fake.model.tokenize("")
        await fake.control.advance(by: 2)
        let live = fake.model.generations
        #expect(live.map(\.phase) == [.suspended, .queued, .queued, .decode])
        #expect(live.map(\.queuePosition) == [nil, 0, 1, nil])
        #expect(live[2].estimatedWait.map { $0 >= live[1].estimatedWait ?? .zero } ?? false)
        fake.control.release()
        #expect(try await first.collect().text == "a")
        #expect(try await batch.collect().text == "abcdefgh")
        for stream in streams { #expect(try await stream.collect().text == "abc") }
    }
}
