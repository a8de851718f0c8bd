import ChatTemplates
import Foundation
import MullamaServer
import Testing

@testable import MullamaCLI

struct DaemonTests {
    @Test func `a log is put aside when it has grown too long, and one old one is kept`() throws {
        let folder = try TemporaryFolder()
        let log = DaemonLog(path: folder.url.appending(path: "state/mullama.log").path)
        close(try log.open())
        try Data(count: Int(DaemonLog.longest)).write(to: URL(filePath: log.path))
        close(try log.open())
        #expect(log.size == DaemonLog.longest)
        try Data(count: Int(DaemonLog.longest) + 1).write(to: URL(filePath: log.path))
        close(try log.open())
        #expect(log.size == 0)
        #expect(FileManager.default.fileExists(atPath: log.path + ".1"))
        let mode = try #require(try FileManager.default.attributesOfItem(atPath: log.path)[.posixPermissions] as? Int)
        #expect(mode == 0o600)
    }

    @Test func `the last lines of a log, also of one daemon alone`() throws {
        let folder = try TemporaryFolder()
        let log = DaemonLog(path: try folder.file("mullama.log", "one\ntwo\nthree\n".utf8))
        #expect(try log.tail(2).text == "two\nthree\n")
        #expect(try log.tail(0).text == "")
        #expect(try log.tail(9).end == 14)
        #expect(try log.tail(9, from: 4).text == "two\nthree\n")
        let many = DaemonLog(path: try folder.file("many.log", (1...9000).map { "line \($0)\n" }.joined().utf8))
        #expect(try many.tail(3).text == "line 8998\nline 8999\nline 9000\n")
        #expect(throws: (any Error).self) { try DaemonLog(path: "/nonexistent/log").tail(1) }
    }

    @Test func `a log is followed, also into the next file`() throws {
        let folder = try TemporaryFolder()
        let log = DaemonLog(path: try folder.file("mullama.log", "one\n".utf8))
        #expect(log.text(from: 4) == ("", 4))
        _ = try folder.file("mullama.log", "one\ntwo\n".utf8)
        #expect(log.text(from: 4) == ("two\n", 8))
        _ = try folder.file("mullama.log", "new\n".utf8)
        #expect(log.text(from: 8) == ("new\n", 4))
    }

    @Test func `a record is read as it was written, and what is none is nothing`() throws {
        let folder = try TemporaryFolder()
        let record = DaemonRecord(pid: 7, started: Date(timeIntervalSince1970: 1e9), addresses: ["http://127.0.0.1:1"], grace: 30)
        #expect(DaemonRecord.read(try folder.file("a", try record.data)) == record)
        #expect(DaemonRecord.read(try folder.file("b", "{".utf8)) == nil)
        #expect(DaemonRecord.read("/nonexistent") == nil)
    }

    @Test func `a socket without a listener is found dead at once`() throws {
        let folder = try TemporaryFolder()
        let clock = ContinuousClock()
        for path in [folder.url.appending(path: "none").path, try folder.file("file", []), "/" + String(repeating: "x", count: 300)] {
            #expect(!DaemonSocket.isLive(path))
        }
        #expect(clock.measure { _ = DaemonSocket.isLive("/nonexistent/mullama.sock") } < .milliseconds(5))
    }

    @Test func `requests are read from the daemon's list`() throws {
        let list: TemplateValue = [
            "requests": [
                ["id": "a", "phase": "queued", "model": "m", "queue_position": 2, "age_ms": 1500.0, "prompt_tokens": 3],
                ["id": "b", "phase": "decode", "model": .none, "completion_tokens": 1234], ["phase": "no id"], "nonsense",
            ]
        ]
        let requests = RunningRequest.list(list)
        #expect(requests.map(\.id) == ["a", "b"])
        #expect(requests[0].age == 1.5)
        let lines = RunningRequest.table(requests).lines
        #expect(lines[1].contains("queued (2 before it)") && lines[1].hasSuffix("1.5 s"))
        #expect(lines[2].contains("1,234"))
        #expect(RunningRequest.list("nothing").isEmpty)
    }

    @Test func `a daemon that is starting is waited for, one that says why it takes nothing is not`() {
        let starting = DaemonReadiness(
            isReady: false,
            ["status": "not_ready", "reason": "starting", "message": "the model is being loaded"]
        )
        #expect(starting.isStarting && starting.message == "the model is being loaded")
        let stalled = DaemonReadiness(isReady: false, ["reason": "engine_stalled", "message": "m"])
        #expect(!stalled.isStarting && stalled.message == "m")
        #expect(DaemonReadiness(isReady: true, nil).message == nil)
    }

    @Test func `a model is found by its name as it was typed`() throws {
        let status = try LocalStatus(json: ["models": [["name": "smollm2:135m", "state": "loading", "progress": 0.5]]])
        for name in ["smollm2:135m", "SmolLM2:135M"] { #expect(status.model(name)?.progress == 0.5, "\(name)") }
        #expect(status.model("other") == nil)
    }

    @Test func `times are rough`() {
        #expect(
            [4, 119, 120, 7199, 7200, 172_800].map { Quantity.rough(.seconds($0)) } == ["4 s", "119 s", "2 min", "119 min", "2 h", "2 d"]
        )
    }

    @Test func `what is wrong with a daemon is one line and a status of its own`() {
        let diagnostic = Diagnostic(DaemonError.notRunning(socket: "/s"), interruption: nil)
        #expect(diagnostic.status.rawValue == 69)
        #expect(diagnostic.line?.hasSuffix(" [daemonNotRunning]") == true)
        let exit = Diagnostic(DaemonExit(status: 64, log: "/l", lines: "one\u{1B}[2J\ntwo\n"), interruption: nil)
        #expect(exit.status == .invalidRequest)
        #expect(exit.line?.hasPrefix("one\u{FFFD}[2J\ntwo\nmullama: error: ") == true)
    }
}
