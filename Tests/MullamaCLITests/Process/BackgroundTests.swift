import Foundation
import Testing

@testable import MullamaCLI

extension ProcessTests {
    /// `mullama daemon`.
    struct BackgroundTests {
        @Test func `without a daemon, commands say so`() async throws {
            let daemon = try TestDaemon()
            for arguments in [["daemon", "status"], ["ps"], ["stop", "a"], ["explain", "a"]] {
                let result = try await MullamaProcess(arguments, environment: daemon.environment).result()
                #expect(result.status == 69, "\(arguments)")
                #expect(result.isError("daemonNotRunning"), "\(result.errors)")
            }
            let stopped = try await daemon.client("daemon", "stop")
            #expect(stopped.status == 0)
            #expect(stopped.errors == "mullama: no daemon is running\n")
            #expect(try await daemon.client("daemon", "logs").status == 74)
        }

        @Test func `a daemon that does not come up says why, with the status that it had`() async throws {
            let daemon = try TestDaemon()
            let wrong = try await daemon.client("daemon", "start", "--port", "x")
            #expect(wrong.status == 64)
            #expect(wrong.isError("invalidRequest"), "\(wrong.errors)")
            let missing = try await daemon.client("daemon", "start", "--port", "0", "--model", "nothing:here")
            #expect(missing.status == 66)
            #expect(missing.errors.contains("no model nothing:here"))
            #expect(missing.errors.hasSuffix("[daemonFailed]\n"))
            #expect(try await daemon.client("daemon", "start", "--socket", "/x").status == 64)
        }

        @Test func `of two that are started at once one runs, and both say which`() async throws {
            let daemon = try TestDaemon(hasModels: false)
            async let first = daemon.client("daemon", "start", "--port", "0")
            async let second = daemon.client("daemon", "start", "--port", "0")
            let results = try await [first, second]
            #expect(results.map(\.status) == [0, 0], "\(results.map(\.errors))")
            #expect(results[0].output == results[1].output)
            let pid = try #require(DaemonLock.holder(daemon.record))
            #expect(results.allSatisfy { $0.errors.contains("(process \(pid))") }, "\(results.map(\.errors))")
            #expect(try await daemon.client("daemon", "stop").status == 0)
        }

        @Test func `a server does without a socket that nobody asked for, and not without one that somebody did`() async throws {
            let daemon = try TestDaemon(hasModels: false)
            let long = try daemon.file("x", "") + String(repeating: "x", count: 120)
            for folder in ["/dev/null", long] {
                var environment = daemon.environment
                environment["MULLAMA_SOCKET"] = ""
                environment["XDG_RUNTIME_DIR"] = folder
                let server = try MullamaProcess(["serve", "--port", "0"], environment: environment)
                let output = await server.firstOutput()
                server.signal(SIGTERM)
                let result = await server.result(after: output)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.hasPrefix("http://127.0.0.1:") && result.output.filter(\.isNewline).count == 1)
                #expect(result.errors.contains("the socket cannot be made") && result.errors.contains("--socket"), "\(result.errors)")
                let wanted = try await MullamaProcess(["serve", "--port", "0", "--socket", "/dev/null/m.sock"], environment: environment)
                    .result()
                #expect(wanted.status == 74, "\(wanted.errors)")
            }
        }

        @Test(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
        func `a daemon whose model was unloaded is running all the same`() async throws {
            let daemon = try TestDaemon()
            let arguments = ["daemon", "start", "--port", "0", "--model", MullamaProcess.model, "--keep-alive", "0"]
            for _ in 0..<2 {
                let result = try await MullamaProcess(arguments, environment: daemon.environment).result()
                #expect(result.status == 0, "\(result.errors)")
            }
            #expect(try await daemon.client("daemon", "stop").status == 0)
        }

        @Test(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
        func `a daemon is started, found, asked and stopped, twice over`() async throws {
            let daemon = try TestDaemon()
            let started = try await daemon.client("daemon", "start", "--port", "0", "--model", MullamaProcess.model)
            #expect(started.status == 0, "\(started.errors)")
            #expect(started.output.hasPrefix("http://127.0.0.1:") && started.output.hasSuffix("\nunix:\(daemon.socket)\n"))
            let again = try await daemon.client("daemon", "start", "--port", "0", "--model", MullamaProcess.model)
            #expect(again.status == 0)
            #expect(again.output == started.output)
            #expect(again.errors.contains("running already"))

            let pid = try #require(DaemonLock.holder(daemon.record))
            let status = try await daemon.client("daemon", "status", "--json")
            let report = try #require(try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
            #expect(report["pid"] as? Int == Int(pid))
            #expect(report["ready"] as? Bool == true)
            #expect(report["models"] as? [String] == [MullamaProcess.model])
            #expect(report["requests"] as? Int == 0)
            #expect(try await daemon.client("daemon", "status").output.contains("process           \(pid)"))
            let answer = try await daemon.client("run", "Say hello.", "--max-tokens", "2")
            #expect(answer.status == 0)
            #expect(answer.errors.isEmpty)
            let logs = try await daemon.client("daemon", "logs", "-n", "1000")
            #expect(logs.output.contains("route=/generate"))
            #expect(try await daemon.client("daemon", "logs", "-n", "1").output.filter(\.isNewline).count == 1)

            let stopped = try await daemon.client("daemon", "stop")
            #expect(stopped.status == 0)
            #expect(DaemonLock.holder(daemon.record) == nil)
            #expect(try await daemon.client("daemon", "stop").status == 0)
        }

        @Test(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
        func `what a killed daemon leaves behind is in nobody's way`() async throws {
            let daemon = try TestDaemon()
            #expect(try await daemon.client("daemon", "start", "--port", "0", "--model", MullamaProcess.model).status == 0)
            let pid = try #require(DaemonLock.holder(daemon.record))
            let grammar = try daemon.file("endless.gbnf", MullamaProcess.endless)
            let run = try daemon.start("run", "a", "--raw", "--max-tokens", "4000", "--grammar-file", grammar)
            let part = await run.firstOutput()
            kill(pid, SIGKILL)
            let broken = await run.result(after: part)
            #expect(broken.status == 69)
            #expect(broken.isError("daemonLost"), "\(broken.errors)")
            #expect(broken.output.hasPrefix("a") && broken.output.hasSuffix("\n"))

            #expect(FileManager.default.fileExists(atPath: daemon.socket))
            #expect(DaemonRecord.read(daemon.record)?.pid == pid)
            #expect(try await daemon.client("daemon", "status").isError("daemonNotRunning"))
            // Its number may be another's by now: nobody is signalled.
            #expect(try await daemon.client("daemon", "stop").errors == "mullama: no daemon is running\n")
            let alone = try await daemon.client("run", "a", "--raw", "--max-tokens", "1")
            #expect(alone.status == 0)
            #expect(alone.errors.isEmpty)

            #expect(try await daemon.client("daemon", "start", "--port", "0", "--model", MullamaProcess.model).status == 0)
            #expect(DaemonLock.holder(daemon.record) != pid)
            #expect(try await daemon.client("daemon", "stop").status == 0)
        }

        @Test func `a log is followed until Ctrl+C`() async throws {
            let daemon = try TestDaemon()
            try FileManager.default.createDirectory(atPath: daemon.environment["MULLAMA_STATE"] ?? "", withIntermediateDirectories: true)
            let path = try daemon.file("state/mullama.log", "one\n")
            let logs = try daemon.start("daemon", "logs", "-f")
            var seen = await logs.firstOutput()
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("two\n".utf8))
            seen += await logs.firstOutput()
            #expect(String(decoding: seen, as: UTF8.self) == "one\ntwo\n")
            logs.signal(SIGINT)
            #expect(await logs.result(after: seen).status == 130)
        }
    }
}
