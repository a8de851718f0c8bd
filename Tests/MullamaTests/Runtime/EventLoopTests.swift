import MullamaTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import Mullama

@Suite("Other executors than ours", .timeLimit(.minutes(1)))
struct EventLoopTests {
    /// SwiftNIO's event loops are executors for actors; this makes one the executor of tasks.
    private final class EventLoopTaskExecutor: TaskExecutor {
        let loop: any EventLoop

        init(_ loop: any EventLoop) {
            self.loop = loop
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    /// Lives on an event loop, and generates from there.
    private actor Pinned {
        let loop: any EventLoop
        private let context: AsyncContext
        private(set) var texts: [String] = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.executor.asUnownedSerialExecutor() }

        init(_ loop: any EventLoop, _ context: AsyncContext) {
            self.loop = loop
            self.context = context
        }

        func generate(_ prompt: String) async throws {
            #expect(self.loop.inEventLoop)
            let text = try await self.context.generate(prompt, maxTokens: 6)
            #expect(self.loop.inEventLoop)
            self.texts.append(text)
            for try await chunk in self.context.stream(prompt, maxTokens: 6) {
                #expect(self.loop.inEventLoop)
                self.texts.append(chunk.text)
            }
            #expect(self.loop.inEventLoop)
        }
    }

    private func withEventLoop(_ body: (any EventLoop) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result: Result<Void, any Error>
        do { result = .success(try await body(group.next())) } catch { result = .failure(error) }
        try await group.shutdownGracefully()
        try result.get()
    }

    @Test("S20: with an event loop preferred, a task goes on on it after every await: generate, a stream, sleep, child tasks, a pool")
    func preferred() async throws {
        try await self.withEventLoop { loop in
            let fake = FakeModel()
            let pool = try await ModelPool(fake.model, size: 1, pool: PoolParams(reservesMemory: false))
            try await withTaskExecutorPreference(EventLoopTaskExecutor(loop)) {
                #expect(loop.inEventLoop)
                let context = AsyncContext(fake.model)
                #expect(try await context.generate("abc", maxTokens: 6) == "abcabc")
                #expect(loop.inEventLoop)
                var text = ""
                for try await chunk in context.stream("xyz", maxTokens: 60) {
                    #expect(loop.inEventLoop)
                    text += chunk.text
                }
                #expect(loop.inEventLoop)
                #expect(text.count == 60)
                // A real timer: that one fires here is what is tested.
                try await Task.sleep(for: .milliseconds(1))
                #expect(loop.inEventLoop)
                async let child = loop.inEventLoop
                #expect(await child)
                #expect(try await pool.withContext { try await $0.generate("p", maxTokens: 2) } == "pp")
                #expect(loop.inEventLoop)
                await context.clear()
                #expect(loop.inEventLoop)
            }
            #expect(!loop.inEventLoop)
        }
    }

    @Test("S20: a generation on an event loop is cancelled like any other, and goes on there")
    func cancelled() async throws {
        try await self.withEventLoop { loop in
            let fake = FakeModel(FakeControl(isHeld: true))
            let task = Task(executorPreference: EventLoopTaskExecutor(loop)) {
                do {
                    _ = try await AsyncContext(fake.model).generate("abc", maxTokens: 400)
                    return false
                } catch {
                    return error is CancellationError && loop.inEventLoop
                }
            }
            fake.control.release(3)
            await fake.control.steps(4)
            task.cancel()
            #expect(await task.value)
            fake.control.release()
        }
    }

    @Test("S20: an actor that is pinned to an event loop generates and streams from there")
    func pinned() async throws {
        try await self.withEventLoop { loop in
            let actor = Pinned(loop, AsyncContext(FakeModel().model))
            try await actor.generate("abc")
            #expect(await actor.texts.joined() == "abcabcabcabc")
            // The actor's executor counts, whatever the task prefers.
            let runtime = try MullamaRuntime.builder().workerThreads(1).build()
            try await runtime.spawn {
                try await actor.generate("de")
                #expect(isOnThread(of: runtime))
            }.value
            #expect(await actor.texts.joined() == "abcabcabcabcdededededede")
            await runtime.shutdown(grace: .zero)
        }
    }

    @Test("S19: sockets work inside of blockOn: an echo over the loopback, with the task on the runtime's threads")
    func sockets() async throws {
        let runtime = try MullamaRuntime.builder().workerThreads(2).build()
        let echoed = try await onOwnThread { try runtime.blockOn { try await Self.echo("over the wire", on: runtime) } }
        #expect(echoed == "over the wire")
        await runtime.shutdown(grace: .zero)
    }

    private static func echo(_ text: String, on runtime: MullamaRuntime) async throws -> String {
        typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
            }
        let port = try #require(server.channel.localAddress?.port)
        return try await server.executeThenClose { connections in
            async let served: Void = {
                for try await connection in connections {
                    #expect(isOnThread(of: runtime))
                    try await connection.executeThenClose { inbound, outbound in
                        for try await buffer in inbound { try await outbound.write(buffer) }
                    }
                    break
                }
            }()
            let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
                }
            let echoed = try await client.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: text))
                var echoed = ""
                for try await buffer in inbound {
                    #expect(isOnThread(of: runtime))
                    echoed += String(buffer: buffer)
                    if echoed.utf8.count == text.utf8.count { break }
                }
                return echoed
            }
            try await served
            return echoed
        }
    }
}
