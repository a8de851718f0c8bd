import Foundation
import Testing

@testable import MullamaCLI

struct OutputTests {
    private final class Ends {
        let reading: Int32
        let writing: Int32
        private var isReadable = true

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (self.reading, self.writing) = (ends[0], ends[1])
        }

        func closeReading() {
            guard self.isReadable else { return }
            Foundation.close(self.reading)
            self.isReadable = false
        }

        /// Not in `deinit`, which may come as soon as the last descriptor was asked for.
        func close() {
            self.closeReading()
            Foundation.close(self.writing)
        }
    }

    private static func read(_ descriptor: Int32, _ count: Int) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: count)
        while bytes.count < count {
            let got = Foundation.read(descriptor, &buffer, count - bytes.count)
            guard got > 0 else { break }
            bytes += buffer[..<got]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `what goes into a pipe is not touched`() async throws {
        let (ends, never) = (try Ends(), try Ends())
        defer {
            ends.close()
            never.close()
        }
        let output = Output(ends.writing, interruption: never.reading)
        try await output.send("\u{1B}[31mé")
        #expect(!output.isTerminal)
        #expect(Self.read(ends.reading, 7) == "\u{1B}[31mé")
    }

    @Test func `more than a pipe holds is written in full`() async throws {
        let (ends, never) = (try Ends(), try Ends())
        defer {
            ends.close()
            never.close()
        }
        let output = Output(ends.writing, interruption: never.reading)
        let text = String(repeating: "0123456789", count: 50_000)
        async let sent: Void = output.send(text)
        let received = await withCheckedContinuation { continuation in
            Thread.detachNewThread { [reading = ends.reading] in continuation.resume(returning: Self.read(reading, text.utf8.count)) }
        }
        try await sent
        #expect(received == text)
    }

    @Test func `a reader that left is an error, not a signal`() throws {
        signal(SIGPIPE, SIG_IGN)
        let (ends, never) = (try Ends(), try Ends())
        defer {
            ends.close()
            never.close()
        }
        ends.closeReading()
        #expect(throws: OutputError.closed) { try Output(ends.writing, interruption: never.reading).write("a") }
    }

    @Test func `an interrupt frees a write whose reader stands still, and lets others pass`() throws {
        let (ends, interruption) = (try Ends(), try Ends())
        defer {
            ends.close()
            interruption.close()
        }
        let output = Output(ends.writing, interruption: interruption.reading)
        #expect(Foundation.write(interruption.writing, "!", 1) == 1)
        try output.write("before")
        #expect(throws: CancellationError.self) { try output.write(String(repeating: "x", count: 1 << 22)) }
    }

    @Test func `a closed descriptor is an error`() throws {
        let never = try Ends()
        defer { never.close() }
        #expect(throws: OutputError.failed(EBADF)) { try Output(1_000_000, interruption: never.reading).write("a") }
    }

    @Test func `a terminal gets no orders`() throws {
        guard let pseudo = PseudoTerminal() else {
            Issue.record("the system has no pseudo-terminals: mount devpts")
            return
        }
        let never = try Ends()
        defer { never.close() }
        let output = Output(pseudo.terminal, interruption: never.reading)
        #expect(output.isTerminal)
        try output.write("a\u{1B}[31mb\u{9B}c\n")
        let shown = "a\u{FFFD}[31mb\u{FFFD}c\r\n"
        #expect(Self.read(pseudo.screen, shown.utf8.count) == shown)
    }

    @Test func `the leaving of a pipe's reader is noticed without a write`() async throws {
        let ends = try Ends()
        defer { ends.close() }
        await withCheckedContinuation { continuation in
            ReaderWatch.start(ends.writing) { continuation.resume() }
            ends.closeReading()
        }
    }
}
