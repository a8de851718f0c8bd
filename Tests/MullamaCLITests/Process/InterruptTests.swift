import Foundation
import Testing

extension ProcessTests {
    /// Signals, and readers that leave.
    @Suite(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
    struct InterruptTests {
        private func answering(_ options: String..., grammar: String) throws -> MullamaProcess {
            try MullamaProcess(["run", "a", "--raw", "--max-tokens", "4000", "--grammar-file", grammar] + options)
        }

        @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
        func `an interrupt keeps the text so far`(_ signal: Int32, _ status: Int32) async throws {
            let folder = try TemporaryFolder()
            let process = try self.answering(grammar: try folder.file("endless.gbnf", MullamaProcess.endless.utf8))
            let first = await process.firstOutput()
            #expect(first.starts(with: "a".utf8))
            process.signal(signal)
            let result = await process.result(after: first)
            #expect(result.status == status)
            #expect(result.errors.isEmpty)
            #expect(result.output.hasPrefix("a") && result.output.hasSuffix("\n"))
        }

        @Test func `a reader that leaves ends the answer quietly`() async throws {
            let folder = try TemporaryFolder()
            let process = try self.answering(grammar: try folder.file("endless.gbnf", MullamaProcess.endless.utf8))
            #expect(await process.firstOutput().isEmpty == false)
            try process.closeOutput()
            let result = await process.result(after: nil)
            #expect(result.status == 141)
            #expect(result.errors.isEmpty)
        }

        @Test(arguments: ["--json", "--no-stream"])
        func `a reader that leaves is noticed before anything is written`(_ option: String) async throws {
            let folder = try TemporaryFolder()
            let process = try self.answering(option, grammar: try folder.file("endless.gbnf", MullamaProcess.endless.utf8))
            try process.closeOutput()
            let result = await process.result(after: nil)
            #expect(result.status == 141)
            #expect(result.errors.isEmpty)
        }

        @Test func `an interrupt while the program reads its input`() async throws {
            let folder = try TemporaryFolder()
            let fifo = folder.url.appending(path: "grammar").path
            try #require(mkfifo(fifo, 0o600) == 0)
            let process = try self.answering(grammar: fifo)
            let writer = await Self.openWhenRead(fifo)
            process.signal(SIGINT)
            let result = await process.result()
            close(writer)
            #expect(result.status == 130)
            #expect(result.output.isEmpty)
            #expect(result.errors.isEmpty)
        }

        @Test func `an interrupt while the model loads or the prompt is computed`() async throws {
            let folder = try TemporaryFolder()
            let fifo = folder.url.appending(path: "grammar").path
            try #require(mkfifo(fifo, 0o600) == 0)
            let process = try self.answering(grammar: fifo)
            let writer = await Self.openWhenRead(fifo)
            _ = write(writer, MullamaProcess.endless, MullamaProcess.endless.utf8.count)
            close(writer)
            process.signal(SIGINT)
            let result = await process.result()
            #expect(result.status == 130)
            #expect(result.output.isEmpty || result.output.hasSuffix("\n"))
            #expect(result.errors.isEmpty)
        }

        /// Opening a named pipe for writing waits until the other side has opened it for reading.
        private static func openWhenRead(_ path: String) async -> Int32 {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: open(path, O_WRONLY)) }
            }
        }
    }
}
