import Foundation
import Mullama
import MullamaTestSupport
import Testing

@Suite("Chats that are broken off", .timeLimit(.minutes(1)))
struct ChatCancelTests {
    private let control = FakeControl(length: 100, isHeld: true)

    /// Lets the model go on until the reader has had this many parts.
    private func read(_ count: Int, of iterator: inout ChatStream.AsyncIterator) async throws -> String {
        var text = ""
        for _ in 0..<count {
            self.control.release(1)
            text += try await iterator.next()?.text ?? ""
        }
        return text
    }

    @Test("a cancelled answer stays as far as it was read, marked, and the chat goes on")
    func cancelled() async throws {
        let session = ChatSession(FakeModel(self.control).model)
        let token = CancellationToken()
        let stream = session.streamResponse(to: "hello", options: GenerationOptions(cancellation: token))
        var iterator = stream.makeAsyncIterator()
        self.control.release(2)
        let text = try await self.read(5, of: &iterator)
        token.cancel()
        await #expect(throws: CancellationError.self) { _ = try await iterator.next() }
        #expect(!text.isEmpty)
        var partial = ChatMessage(.assistant, text)
        partial.isIncomplete = true
        #expect(session.messages == [ChatMessage(.user, "hello"), partial])

        self.control.release()
        let next = session.streamResponse(to: "again")
        _ = try await next.collect()
        #expect(session.messages.count == 4)
        #expect(session.messages.last?.isIncomplete == false)
    }

    @Test("an answer whose stream is dropped stays as far as it was read")
    func dropped() async throws {
        let session = ChatSession(FakeModel(self.control).model)
        self.control.release()
        var text = ""
        for try await chunk in session.streamResponse(to: "hello") {
            text += chunk.text
            if text.utf8.count >= 3 { break }
        }
        #expect(session.messages.last?.content == text)
        #expect(session.messages.last?.isIncomplete == true)
    }

    @Test("where nothing was read, the chat is as before the call")
    func unread() async throws {
        let session = ChatSession(FakeModel(self.control).model)
        let task = Task { try await session.respond(to: "hello") }
        await self.control.steps(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(session.messages.isEmpty)
    }

    @Test("an answer that is cancelled while it waits leaves the others as they are")
    func queued() async throws {
        let session = ChatSession(FakeModel(self.control).model)
        let first = session.streamResponse(to: "one")
        let token = CancellationToken()
        let second = session.streamResponse(to: "two", options: GenerationOptions(cancellation: token))
        let third = session.streamResponse(to: "three")
        token.cancel()
        await #expect(throws: CancellationError.self) { _ = try await second.collect() }
        self.control.release()
        _ = try await first.collect()
        _ = try await third.collect()
        #expect(session.messages.filter { $0.role == .user }.map(\.content) == ["one", "three"])
    }

    @Test("a deadline counts from the call, the wait for others included")
    func deadline() async throws {
        let clock = ManualClock()
        let session = ChatSession(FakeModel(self.control, clock: clock).model)
        let first = session.streamResponse(to: "one")
        let second = session.streamResponse(to: "two", options: GenerationOptions(deadline: .seconds(5)))
        await clock.nextSleeper()
        clock.advance(by: .seconds(6))
        let error = await #expect(throws: MullamaError.self) { _ = try await second.collect() }
        #expect(error?.code == .timedOut)
        self.control.release()
        _ = try await first.collect()
        #expect(session.messages.map(\.role) == [.user, .assistant])
    }

    @Test("a closed model says so, and the history stays readable")
    func closed() async throws {
        self.control.release()
        let fake = FakeModel(self.control)
        let session = ChatSession(fake.model)
        _ = try await session.respond(to: "hello")
        await fake.model.close()
        let error = await #expect(throws: MullamaError.self) { _ = try await session.respond(to: "more") }
        #expect(error?.code == .modelClosed)
        #expect(session.messages.count == 2)
    }
}
