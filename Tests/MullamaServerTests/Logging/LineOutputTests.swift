import Foundation
import Testing

@testable import MullamaServer

@Suite("Where lines of the log go", .timeLimit(.minutes(1)))
struct LineOutputTests {
    private static let line = String(repeating: "a", count: 99) + "\n"

    @Test("Lines that wait have their room; what comes beyond is counted, and told behind those before it")
    func queue() {
        var queue = LineQueue(limit: 10)
        #expect(queue.isEmpty)
        #expect(queue.append("12345\n", .text) == true)
        #expect(queue.append("12345\n", .json) == false)
        // Not before the loss is told, or nobody could see where it was.
        #expect(queue.append("1\n", .json) == false)
        let full = queue.take()
        #expect(full.lines == ["12345\n"])
        #expect(full.lost == 2)
        #expect(full.format == .json)
        #expect(queue.isEmpty)
        #expect(queue.append("1\n", .text) == true)
        let last = queue.take()
        #expect(last.lost == 0)
    }

    @Test("The line about lost ones, for people and for programs")
    func lostLine() {
        let now = Date(timeIntervalSince1970: 1_700_000_000.25)
        #expect(
            LineLogHandler.lostLine(7, .text, now: now)
                == "2023-11-14T22:13:20.250Z warning lines of the log were lost, for nobody has read it lost=7\n"
        )
        #expect(LineLogHandler.lostLine(7, .json, now: now).contains(#""lost": 7"#))
    }

    @Test("Nobody who logs waits for a reader that stands still, and what was lost is told when it goes on")
    func stalledReader() throws {
        let pipe = Pipe()
        let output = LineOutput(pipe.fileHandleForWriting.fileDescriptor, limit: 10_000)
        // More than a pipe and the queue have room for together.
        let count = 30_000
        for _ in 0..<count { output.write(Self.line) }
        #expect(!output.flush(within: .milliseconds(1)))

        var text = ""
        var (seen, lost) = (0, 0)
        while seen + lost < count {
            text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            seen = text.components(separatedBy: Self.line).count - 1
            lost = text.matches(of: #/lost=(\d+)\n/#).compactMap { Int($0.output.1) }.reduce(0, +)
        }
        #expect(seen + lost == count)
        #expect(lost > 0)
        #expect(output.flush(within: .seconds(30)))
        output.write("after\n")
        #expect(output.flush(within: .seconds(30)))
        #expect(String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) == "after\n")
    }

    @Test("A log that has grown is put aside while it is written, and nobody else's file")
    func rotation() throws {
        let store = try StoreFixture()
        let (path, other) = (store.folder.appending(path: "log").path, try store.file("other").path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        let output = LineOutput(descriptor)
        func size(_ path: String) -> Int { (try? Data(contentsOf: URL(filePath: path)).count) ?? -1 }

        output.rotate(other, beyond: 150)
        for _ in 0..<3 {
            output.write(Self.line)
            #expect(output.flush(within: .seconds(30)))
        }
        #expect(size(path) == 300)
        output.rotate(path, beyond: 150)
        for _ in 0..<4 {
            output.write(Self.line)
            #expect(output.flush(within: .seconds(30)))
        }
        // 300 were put aside, then 200, then 100 and 100 came.
        #expect(size(path) == 200)
        #expect(size(path + ".1") == 200)
        #expect(size(other) == 5)
    }
}
