import Foundation
import MullamaTestSupport
import Testing

extension ProcessTests {
    /// `mullama` as a daemon's client.
    @Suite(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
    struct DaemonClientTests {
        private func json(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
        }

        @Test func `what a daemon answers is what this process would have answered`() async throws {
            let daemon = try TestDaemon()
            let (server, output, _) = try await daemon.serve()
            let grammar = try daemon.file("endless.gbnf", MullamaProcess.endless)
            let wrong = try daemon.file("wrong.gbnf", "root ::= [")
            let greedy = ["--max-tokens", "12", "--temperature", "0"]
            let long = String(repeating: "many words ", count: 9000)
            let cases: [(arguments: [String], input: String)] = [
                (["Name three rivers."] + greedy, ""), (["Name three rivers.", "--no-stream", "--system", "Be brief."] + greedy, ""),
                (["The capital of France is", "--raw"] + greedy, ""), (["a", "--max-tokens", "9", "--seed", "18446744073709551614"], ""),
                (["a", "--raw", "--stop", "b", "--grammar-file", grammar], ""),
                (["--lines", "--raw"] + greedy, "One two three\nThe sun is a\nfour five six\n"), (["-", "--max-tokens", "3"], long),
                (["a", "--grammar-file", wrong], ""), (["a", "--temperature", "9"], ""), (["nothing:here", "a"], ""),
                (["-", "--ctx-size", "64"], String(repeating: "many words ", count: 100)),
            ]
            for (arguments, input) in cases {
                let data = Data(input.utf8)
                let remote = try await MullamaProcess(["run"] + arguments, input: data, environment: daemon.environment).result()
                let local = try await MullamaProcess(["run", "--local"] + arguments, input: data, environment: daemon.environment).result()
                #expect(remote.status == local.status, "\(arguments): \(remote.errors)")
                #expect(remote.output == local.output, "\(arguments)")
                let codes = [remote, local].map { $0.errors.split(separator: "[").last }
                #expect(codes[0] == codes[1], "\(remote.errors) \(local.errors)")
            }
            server.signal(SIGTERM)
            #expect(await server.result(after: output).errors.components(separatedBy: "route=/generate").count - 1 == cases.count + 1)
        }

        @Test func `JSON and statistics have what they have without a daemon`() async throws {
            let daemon = try TestDaemon()
            _ = try await daemon.serve()
            let arguments = ["run", "a", "--raw", "--stop", "b", "--grammar-file", try daemon.file("endless.gbnf", MullamaProcess.endless)]
            let remote = try await MullamaProcess(arguments + ["--json", "--seed", "7"], environment: daemon.environment).result()
            let local = try await MullamaProcess(arguments + ["--json", "--seed", "7", "--local"], environment: daemon.environment).result()
            let (one, two) = (try self.json(remote.output), try self.json(local.output))
            #expect(one.keys.sorted() == two.keys.sorted())
            for key in ["text", "finishReason", "model"] { #expect(one[key] as? String == two[key] as? String, "\(key)") }
            #expect(one["finishReason"] as? String == "stopSequence")
            #expect(one["seed"] as? Int == 7)
            #expect((one["timings"] as? [String: Double])?["prefill"] ?? 0 > 0)
            let stats = try await MullamaProcess(arguments + ["--stats"], environment: daemon.environment).result()
            #expect(stats.errors.contains("model load") && stats.errors.contains("ended by stopSequence"))

            let late = try await daemon.client("run", "Write a long story.", "--max-tokens", "4000", "--deadline", "0.3", "--json")
            #expect(late.status == 124)
            #expect(late.isError("timedOut"), "\(late.errors)")
            #expect(try self.json(late.output)["finishReason"] as? String == "deadline")
        }

        @Test func `what only this process can do is done here, and said`() async throws {
            let daemon = try TestDaemon()
            let (server, output, _) = try await daemon.serve()
            let here = try await daemon.client("run", "a", "--raw", "--max-tokens", "1", "--threads", "1")
            #expect(here.status == 0)
            #expect(here.errors.hasPrefix("mullama: answering in this process, since --threads"), "\(here.errors)")
            let local = try await daemon.client("run", "a", "--raw", "--max-tokens", "1", "--threads", "1", "--local")
            #expect(local.errors.isEmpty)
            server.signal(SIGTERM)
            #expect(await server.result(after: output).errors.contains("route=/generate") == false)
        }

        @Test func `two runs overlap, and Ctrl+C in one ends its work and leaves the other (S27)`() async throws {
            let daemon = try TestDaemon()
            let (server, output, address) = try await daemon.serve()
            let grammar = try daemon.file("endless.gbnf", MullamaProcess.endless)
            let arguments = ["run", "a", "--raw", "--max-tokens", "4000", "--grammar-file", grammar]
            let one = try MullamaProcess(arguments, environment: daemon.environment)
            let first = await one.firstOutput()
            let two = try MullamaProcess(arguments, environment: daemon.environment)
            let second = await two.firstOutput()
            let ps = try await daemon.client("ps", "--json")
            #expect((try self.json(ps.output)["requests"] as? [Any])?.count == 2, "\(ps.output)")

            one.signal(SIGINT)
            let interrupted = await one.result(after: first)
            #expect(interrupted.status == 130)
            #expect(interrupted.errors.isEmpty)
            #expect(interrupted.output.hasPrefix("a") && interrupted.output.hasSuffix("\n"))
            try await TestDaemon.shell("until curl -s \(address)/status | grep -q '\"users\": 1'; do sleep 0.02; done")
            let table = try await daemon.client("ps")
            #expect(table.output.contains("decode"), "\(table.output)")

            two.signal(SIGINT)
            #expect(await two.result(after: second).status == 130)
            try await TestDaemon.shell("until curl -s \(address)/status | grep -q '\"users\": 0'; do sleep 0.02; done")
            // The engine tells the end of its part by itself.
            let finished = "curl -s '\(address)/requests?state=finished' | grep -o '\"finish_reason\": \"cancelled\"' | wc -l"
            try await TestDaemon.shell("until [ $(\(finished)) = 2 ]; do sleep 0.02; done")
            server.signal(SIGTERM)
            #expect(await server.result(after: output).status == 0)
        }

        @Test func `a model is unloaded, and a request explained`() async throws {
            let daemon = try TestDaemon()
            let (_, _, address) = try await daemon.serve()
            try await TestDaemon.shell(
                "curl -s -o /dev/null -H 'X-Request-Id: a/b' -d '{\"prompt\": \"a\", \"max_tokens\": 2}' \(address)/v1/completions"
            )
            let explained = try await daemon.client("explain", "a/b")
            #expect(explained.output.hasPrefix("a/b ") && explained.output.contains("prefill"), "\(explained.errors)")
            let details = try await daemon.client("explain", "a/b", "--json")
            #expect(try self.json(details.output)["id"] as? String == "a/b")
            #expect(try await daemon.client("explain", "nobody").status == 66)

            let stopped = try await daemon.client("stop", MullamaProcess.model)
            #expect(stopped.status == 0, "\(stopped.errors)")
            #expect(try await daemon.client("ps").output.filter(\.isNewline).count == 1)
            let again = try await daemon.client("stop", MullamaProcess.model)
            #expect(again.status == 66)
            #expect(again.isError("modelNotFound"))
            #expect(try await daemon.client("run", "a", "--raw", "--max-tokens", "1").status == 0)
        }

        @Test func `a chat is had with a daemon as without one`() async throws {
            let daemon = try TestDaemon()
            let (server, output, _) = try await daemon.serve()
            let file = try daemon.file("chat.json", "")
            let grammar = try daemon.file("endless.gbnf", MullamaProcess.endless)
            let chat = try TypedChat(
                ["run", MullamaProcess.model, "--max-tokens", "2000", "--grammar-file", grammar],
                environment: daemon.environment
            )
            try await chat.see(">>> ")
            chat.type("Go.\r")
            try await chat.see("ab ab")
            chat.signal(SIGINT)
            try await chat.see("(stopped; the model knows what it has said)")
            try await chat.see(">>> ")
            chat.type("/save \(file)\r")
            try await chat.see("Saved 2 messages.")
            chat.type("/clear\r/regenerate\r")
            try await chat.see("no message that could be answered again")
            chat.type("/system Be brief.\r/load \(file)\r")
            try await chat.see("Loaded 2 messages.")
            chat.type("/bye\r")
            #expect(await chat.ending() == .status(0))
            #expect(chat.isRestored)
            let saved = try self.json(try String(contentsOfFile: file, encoding: .utf8))
            let messages = try #require(saved["messages"] as? [[String: Any]])
            #expect(messages.map { $0["role"] as? String } == ["user", "assistant"])
            #expect(messages[1]["incomplete"] as? Bool == true)

            let other = try TypedChat(
                ["run", MullamaProcess.model, "--max-tokens", "4", "--temperature", "0"],
                environment: daemon.environment
            )
            try await other.see(">>> ")
            other.type("Hello\r")
            try await other.see("(cut off after 4 tokens")
            try await other.see(">>> ")
            server.signal(SIGKILL)
            _ = await server.result(after: output)
            other.type("/regenerate\r")
            try await other.see("mullama: error: ")
            try await other.see(">>> ")
            other.type("\u{4}")
            #expect(await other.ending() == .status(0))
        }
    }
}
