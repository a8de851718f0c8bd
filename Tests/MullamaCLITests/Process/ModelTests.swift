import Foundation
import Testing

extension ProcessTests {
    /// What needs a model.
    @Suite(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
    struct ModelTests {
        private let model = MullamaProcess.model

        private func json(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func `the answer alone is on standard output, with one newline at its end`() async throws {
            let streamed = try await MullamaProcess.run("run", self.model, "Say hello.", "--max-tokens", "8", "--temperature", "0")
            #expect(streamed.status == 0)
            #expect(streamed.errors.isEmpty)
            #expect(streamed.output.hasSuffix("\n") && !streamed.output.hasSuffix("\n\n"))
            #expect(streamed.output.count > 2)

            let whole = try await MullamaProcess.run(
                "run",
                "-",
                "--max-tokens",
                "8",
                "--temperature",
                "0",
                "--no-stream",
                "--stats",
                input: Data("Say hello.\n".utf8)
            )
            #expect(whole.output == streamed.output)
            #expect(whole.errors.contains("time to first token"))
        }

        @Test func `JSON says what it took`() async throws {
            let result = try await MullamaProcess.run("run", "Say hello.", "--max-tokens", "4", "--seed", "11", "--json")
            let report = try self.json(result.output)
            #expect(report["model"] as? String == self.model)
            #expect(report["seed"] as? Int == 11)
            #expect(["length", "stop"].contains(report["finishReason"] as? String))
            let usage = try #require(report["usage"] as? [String: Int])
            #expect(usage["totalTokens"] == (usage["promptTokens"] ?? 0) + (usage["completionTokens"] ?? 0))
            #expect((usage["completionTokens"] ?? 0) <= 4)
            #expect(result.errors.isEmpty)
        }

        @Test func `a system message and the template reach the model, and raw leaves them out`() async throws {
            func promptTokens(_ options: String...) async throws -> Int {
                let result = try await MullamaProcess(["run", "Hi", "--max-tokens", "1", "--json"] + options).result()
                return try #require(try self.json(result.output)["usage"] as? [String: Int])["promptTokens"] ?? 0
            }
            let plain = try await promptTokens()
            #expect(try await promptTokens("--raw") < plain)
            #expect(try await promptTokens("--system", "Answer in one word and in capital letters only, and never say sorry.") > plain - 10)
        }

        @Test func `many lines are answered in their order`() async throws {
            let lines = "The capital of France is\nOne two three four\nThe sun is a\n"
            let together = try await MullamaProcess.run(
                "run",
                "--lines",
                "--json",
                "--raw",
                "--parallel",
                "2",
                "--max-tokens",
                "5",
                "--temperature",
                "0",
                "--stats",
                input: Data(lines.utf8)
            )
            #expect(together.status == 0)
            #expect(together.errors.contains("all together"))
            let answers = try together.output.split(separator: "\n").map { try self.json(String($0))["text"] as? String }
            #expect(answers.count == 3)
            for (line, answer) in zip(lines.split(separator: "\n"), answers) {
                let alone = try await MullamaProcess.run("run", String(line), "--json", "--raw", "--max-tokens", "5", "--temperature", "0")
                #expect(try self.json(alone.output)["text"] as? String == answer)
            }
        }

        @Test func `one line that is too long ends the others, by its number`() async throws {
            let lines = "hello\n" + String(repeating: "many words ", count: 100)
            let result = try await MullamaProcess.run(
                "run",
                "--lines",
                "--raw",
                "--ctx-size",
                "64",
                "--max-tokens",
                "2",
                input: Data(lines.utf8)
            )
            #expect(result.status == 65)
            #expect(result.isError("contextWindowExceeded"))
            #expect(result.errors.contains("prompt 2: "))
            #expect(result.output.filter(\.isNewline).count >= 1)
        }

        @Test func `a prompt that is longer than the context is refused with both counts`() async throws {
            let prompt = Data(String(repeating: "many words ", count: 100).utf8)
            for options in [[], ["--json"], ["--raw"], ["--no-stream"]] {
                let result = try await MullamaProcess(["run", "-", "--ctx-size", "64"] + options, input: prompt).result()
                #expect(result.status == 65)
                #expect(result.isError("contextWindowExceeded"))
                #expect(result.errors.contains("64"))
                #expect(result.output.isEmpty)
            }
        }

        @Test(arguments: ["root ::= [", "start ::= \"a\"", "root ::= (\"a\"", "root ::= other"])
        func `an invalid grammar`(_ grammar: String) async throws {
            let folder = try TemporaryFolder()
            let file = try folder.file("grammar.gbnf", grammar.utf8)
            let result = try await MullamaProcess.run("run", "hello", "--grammar-file", file)
            #expect(result.status == 64)
            #expect(result.isError("invalidGrammar"), "\(result.errors)")
            #expect(result.output.isEmpty)
        }

        @Test func `a deadline keeps what came before it`() async throws {
            let folder = try TemporaryFolder()
            let grammar = try folder.file("endless.gbnf", MullamaProcess.endless.utf8)
            let result = try await MullamaProcess.run(
                "run",
                "a",
                "--raw",
                "--grammar-file",
                grammar,
                "--max-tokens",
                "4000",
                "--deadline",
                "2"
            )
            #expect(result.status == 124)
            #expect(result.isError("timedOut"))
            #expect(result.output.isEmpty || result.output.hasSuffix("\n"))
            #expect(result.output.allSatisfy { "ab \n".contains($0) })
        }

        @Test func `JSON of an answer that was broken off says why`() async throws {
            let folder = try TemporaryFolder()
            let grammar = try folder.file("endless.gbnf", MullamaProcess.endless.utf8)
            let result = try await MullamaProcess.run(
                "run",
                "a",
                "--raw",
                "--grammar-file",
                grammar,
                "--max-tokens",
                "4000",
                "--deadline",
                "1",
                "--json",
                "--stats"
            )
            #expect(result.status == 124)
            #expect(result.isError("timedOut"))
            let report = try self.json(result.output)
            #expect(report["finishReason"] as? String == "deadline")
            #expect((report["text"] as? String)?.allSatisfy { "ab ".contains($0) } == true)
            #expect(report["usage"] == nil)
        }

        @Test func `options may stand anywhere, and a prompt may begin with a dash`() async throws {
            let result = try await MullamaProcess.run(
                "run",
                self.model,
                "--max-tokens",
                "2",
                "--json",
                "--temperature",
                "0",
                "--",
                "-5 + 3 =",
                "-"
            )
            #expect(result.status == 0)
            #expect(try self.json(result.output)["model"] as? String == self.model)
        }

        @Test func `tokens are one a line, and their pieces make the text`() async throws {
            let text = "Hello, wörld\n"
            let result = try await MullamaProcess.run("tokenize", self.model, "--json", input: Data(text.utf8))
            let tokens = try #require(try self.json(result.output)["tokens"] as? [[String: Any]])
            #expect(tokens.compactMap { $0["piece"] as? String }.joined() == text)
            let plain = try await MullamaProcess.run("tokenize", self.model, text)
            #expect(plain.output.split(separator: "\n").count == tokens.count)
            #expect(plain.errors == "\(tokens.count) tokens\n")
            let special = try await MullamaProcess.run("tokenize", self.model, "<|im_end|>", "--parse-special", "--no-special")
            #expect(special.output == "2\t<|im_end|>\n")
        }
    }
}
