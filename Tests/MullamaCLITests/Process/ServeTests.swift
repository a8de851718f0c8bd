import Foundation
import Testing

extension ProcessTests {
    /// A server from its start to its end.
    @Suite(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
    struct ServeTests {
        @Test func `the guide's shell loop is answered, and the server says what it serves and where (S21, S31, S32, S33, S42)`()
            async throws
        {
            let daemon = try TestDaemon()
            let (process, output, address) = try await daemon.serve("--threads", "2", "--parallel", "4", "--ctx-size", "4096")
            // Word by word but for the port.
            let loop = """
                for prompt in "quantum computing" "machine learning" "blockchain"; do
                  curl -s http://localhost:8080/v1/completions \\
                    -d "{\\"prompt\\": \\"Explain $prompt\\", \\"max_tokens\\": 200}" &
                done
                wait
                """
            let port = try #require(address.split(separator: ":").last)
            let answers = try await TestDaemon.shell(loop.replacing(":8080", with: ":\(port)"))
            #expect(answers.components(separatedBy: "\"text\":").count == 4, "\(answers)")

            process.signal(SIGTERM)
            let result = await process.result(after: output)
            #expect(result.status == 0)
            #expect(result.output == "\(address)\nunix:\(daemon.socket)\n")
            #expect(result.errors.contains("smollm2:135m (default): up to "))
            #expect(result.errors.contains("cache") && result.errors.contains("for 4 contexts of 4096 tokens"), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: daemon.socket))
        }

        @Test func `an answer that runs when SIGTERM comes may finish, and the server ends with 0`() async throws {
            let daemon = try TestDaemon()
            let (server, output, _) = try await daemon.serve()
            let grammar = try daemon.file("endless.gbnf", MullamaProcess.endless)
            let run = try daemon.start("run", "a", "--raw", "--max-tokens", "40", "--grammar-file", grammar, "--json", "--stats")
            try await TestDaemon.shell(
                "until curl -s --unix-socket \(daemon.socket) http://x/status | grep -q '\"users\": 1'; do sleep 0.02; done"
            )
            server.signal(SIGTERM)
            #expect(await server.result(after: output).status == 0)
            let answer = await run.result()
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.contains("\"completionTokens\":40"))
        }

        @Test func `what goes on beyond the grace period is ended with its reason, and a second signal waits for nothing`() async throws {
            let daemon = try TestDaemon()
            let (first, output, _) = try await daemon.serve("--grace", "200ms")
            let grammar = try daemon.file("endless.gbnf", MullamaProcess.endless)
            let run = try daemon.start("run", "a", "--raw", "--max-tokens", "4000", "--grammar-file", grammar)
            let part = await run.firstOutput()
            first.signal(SIGINT)
            #expect(await first.result(after: output).status == 0)
            let answer = await run.result(after: part)
            #expect(answer.status == 70, "\(answer.errors)")
            #expect(answer.isError("modelClosed"), "\(answer.errors)")
            #expect(answer.output.hasPrefix("a") && answer.output.hasSuffix("\n"))

            let (second, started, address) = try await daemon.serve("--grace", "60")
            let other = try daemon.start("run", "a", "--raw", "--max-tokens", "4000", "--grammar-file", grammar)
            let begun = await other.firstOutput()
            second.signal(SIGTERM)
            try await TestDaemon.shell("while [ $(curl -s -o /dev/null -w '%{http_code}' \(address)/ready) = 200 ]; do sleep 0.02; done")
            second.signal(SIGTERM)
            #expect(await second.result(after: started).status == 143)
            let broken = await other.result(after: begun)
            #expect(broken.status == 69)
            #expect(broken.isError("daemonLost"), "\(broken.errors)")
            #expect(broken.output.hasPrefix("a") && broken.output.hasSuffix("\n"))
        }

        @Test func `what it cannot begin with is one clear line`() async throws {
            let daemon = try TestDaemon()
            let (server, output, address) = try await daemon.serve()
            let port = try #require(address.split(separator: ":").last)
            let other = try TestDaemon()
            let inUse = try await other.client("serve", "--model", MullamaProcess.model, "--port", String(port))
            #expect(inUse.status == 74)
            #expect(inUse.isError("ioFailed") && inUse.errors.contains("port \(port)"), "\(inUse.errors)")
            #expect(inUse.output.isEmpty)

            let config = try other.file("serve.json", #"{"prot": 1}"#)
            let cases: [([String], Int32, String)] = [
                (["--port", "http"], 64, "invalidRequest"), (["--config", config], 64, "invalidRequest"),
                (["--model", "nothing:here"], 66, "modelNotFound"),
                (["--model", MullamaProcess.model, "--memory-budget", "1MB"], 71, "outOfMemory"),
                (["--api-key-file", "/nonexistent"], 74, "ioFailed"),
            ]
            for (options, status, code) in cases {
                let result = try await MullamaProcess(["serve", "--port", "0"] + options, environment: other.environment).result()
                #expect(result.status == status, "\(options)")
                #expect(result.isError(code), "\(result.errors)")
            }

            // The socket is another's: this one goes without, and leaves it alone.
            let third = try daemon.start("serve", "--port", "0", "--model", MullamaProcess.model)
            let printed = await third.firstOutput()
            third.signal(SIGTERM)
            let alone = await third.result(after: printed)
            #expect(alone.status == 0)
            #expect(alone.output.filter(\.isNewline).count == 1)
            #expect(alone.errors.contains("has the socket \(daemon.socket): this one goes without"))
            #expect(try await daemon.client("daemon", "status").status == 0)
            server.signal(SIGTERM)
            #expect(await server.result(after: output).status == 0)
        }

        @Test func `settings come from flags, variables and a file, and are shown with where they come from`() async throws {
            let daemon = try TestDaemon()
            let config = try daemon.file("serve.json", #"{"port": 9, "grace": 5, "keep-alive": "1h", "api-key-file": "/etc/keys"}"#)
            let environment = daemon.environment.merging(["MULLAMA_CONFIG": config, "MULLAMA_GRACE": "7"]) { $1 }
            let result = try await MullamaProcess(["serve", "--print-config", "--port", "1"], environment: environment).result()
            #expect(result.status == 0)
            let rows = result.output.split(separator: "\n").map {
                $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            }
            #expect(rows.contains(["port", "1", "flag", "--port"]))
            #expect(rows.contains(["grace", "7", "environment", "MULLAMA_GRACE"]))
            #expect(rows.contains(["keep-alive", "1h", "file", config]))
            #expect(rows.contains(["api-key-file", "/etc/keys", "file", config]))
            #expect(rows.contains(["host", "127.0.0.1", "default"]))
        }
    }
}
