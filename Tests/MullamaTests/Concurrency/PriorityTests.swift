import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Priority follows the task", .timeLimit(.minutes(1)))
struct PriorityTests {
    /// Makes a call in a task of this priority. Nobody waits for the task, since that would lift its priority.
    private func stream(_ model: AsyncModel, at priority: TaskPriority, _ options: GenerationOptions = .greedy) async -> GenerationStream? {
        let (streams, output) = AsyncStream.makeStream(of: GenerationStream.self)
        Task.detached(priority: priority) {
            output.yield(AsyncContext(model).stream("abc", maxTokens: 3, options: options))
            output.finish()
        }
        return await streams.first { _ in true }
    }

    @Test("Requests that wait are taken by the priority of the task that made them, then in their order")
    func order() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1)
        let first = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        var streams: [GenerationStream?] = []
        let priorities: [TaskPriority] = [.background, .utility, .low, .medium, .high, .userInitiated, .background]
        for priority in priorities { streams.append(await self.stream(fake.model, at: priority)) }
        _ = try await fake.model.tokenize("")
        fake.control.release()
        for stream in streams { #expect(try await stream?.collect().text == "abc") }
        _ = try await first.collect()
        let served = fake.control.log.plans.flatMap { $0.prefill.map { Int($0.request.rawValue) } }
        // Numbers are given in the order of the calls, the first of which runs already.
        #expect(served == [1, 6, 7, 5, 2, 3, 4, 8])
    }

    @Test("A priority in the options goes before the task's")
    func explicit() async throws {
        let fake = FakeModel(FakeControl(isHeld: true), parallel: 1)
        let first = AsyncContext(fake.model).stream("abc", maxTokens: 3)
        await fake.control.steps(1)
        let low = await self.stream(fake.model, at: .high, .init(priority: .batch))
        let high = await self.stream(fake.model, at: .background, .init(priority: .interactive))
        _ = try await fake.model.tokenize("")
        fake.control.release()
        for stream in [first, low, high] { _ = try await stream?.collect() }
        #expect(fake.control.log.plans.flatMap { $0.prefill.map { Int($0.request.rawValue) } } == [1, 3, 2])
    }

    @Test(
        "Every task priority has its class",
        arguments: [
            (TaskPriority.background, RequestPriority.batch), (.utility, .batch), (.low, .batch), (.medium, .normal), (.high, .interactive),
            (.userInitiated, .interactive), (TaskPriority(rawValue: 0), .normal), (TaskPriority(rawValue: 255), .interactive),
        ]
    )
    func classes(_ task: TaskPriority, _ request: RequestPriority) {
        #expect(RequestPriority(task) == request)
    }
}
