import Foundation
import Logging
import Testing

@testable import MullamaServer

@Suite("Lines of the log")
struct LineLogHandlerTests {
    private struct Fault: Error, CustomStringConvertible {
        let description = "it \"broke\"\nin two"
    }

    private func lines(_ format: LogFormat, _ body: (Logger) -> Void) -> [String] {
        let lines = Lines()
        body(Logger(label: "test") { _ in lines.handler(format) })
        return lines.all
    }

    @Test("Text is for people, and nothing that is logged makes a line of its own")
    func text() {
        let lines = self.lines(.text) { logger in
            var logger = logger
            logger[metadataKey: "request"] = "one"
            logger.info("done", metadata: ["b": "two words", "a": .stringConvertible(3), "c": "x\n2023 error forged", "d": ""])
            logger.debug("not shown")
            logger.error("failed\nbadly", metadata: ["error": "\(Fault())"])
        }
        #expect(
            lines == [
                #"2023-11-14T22:13:20.250Z info done a=3 b="two words" c="x\n2023 error forged" d="" request=one"# + "\n",
                #"2023-11-14T22:13:20.250Z error failed badly error="it \"broke\"\nin two" request=one"# + "\n",
            ]
        )
    }

    @Test("JSON is for programs")
    func json() {
        let lines = self.lines(.json) { logger in
            logger.warning(
                "high",
                metadata: [
                    "n": .stringConvertible(3), "f": .stringConvertible(true), "list": ["a", "b"], "map": ["k": "v"], "level": "mine",
                    "text": "é\n\"",
                ]
            )
        }
        #expect(
            lines == [
                #"{"time": "2023-11-14T22:13:20.250Z", "level": "warning", "message": "high", "f": true, "level_": "mine", "list": ["a", "b"], "#
                    + #""map": {"k": "v"}, "n": 3, "text": "é\n\""}"# + "\n"
            ]
        )
    }

    @Test("Lines of many threads do not mix")
    func threads() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
        let file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        defer {
            close(file)
            try? FileManager.default.removeItem(atPath: path)
        }
        let output = LineOutput(file, limit: 1 << 24)
        let line = String(repeating: "x", count: 9_999) + "\n"
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<20 { output.write(line) } } }
        }
        #expect(output.flush(within: .seconds(30)))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == String(repeating: line, count: 160))
    }
}
