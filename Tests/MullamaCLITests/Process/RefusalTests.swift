import Foundation
import Testing

extension ProcessTests {
    /// What is refused before a model is needed.
    struct RefusalTests {
        private func refuse(
            _ arguments: [String],
            input: Data = Data(),
            status: Int32,
            code: String,
            words: String...,
            location: SourceLocation = #_sourceLocation
        ) async throws {
            let result = try await MullamaProcess(arguments, input: input).result()
            #expect(result.status == status, sourceLocation: location)
            #expect(result.isError(code), "\(result.errors)", sourceLocation: location)
            #expect(result.output.isEmpty, sourceLocation: location)
            for words in words { #expect(result.errors.contains(words), "\(result.errors)", sourceLocation: location) }
        }

        @Test func `a path where nothing is`() async throws {
            for command in ["run", "tokenize", "show", "plan"] {
                let rest = command == "run" || command == "tokenize" ? ["hello"] : []
                try await self.refuse(
                    [command, "/nowhere/model.gguf"] + rest,
                    status: 66,
                    code: "modelNotFound",
                    words: "/nowhere/model.gguf"
                )
            }
        }

        @Test func `a folder`() async throws {
            let folder = try TemporaryFolder()
            try await self.refuse(["run", folder.url.path, "hello"], status: 65, code: "invalidModelFile", words: "folder")
        }

        @Test func `a file that is no GGUF`() async throws {
            let folder = try TemporaryFolder()
            let path = try folder.file("page.gguf", "<!doctype html><html></html>".utf8)
            for arguments in [["run", path, "hello"], ["show", path], ["plan", path]] {
                try await self.refuse(arguments, status: 65, code: "invalidModelFile")
            }
        }

        @Test func `a GGUF that is cut off`() async throws {
            let folder = try TemporaryFolder()
            let header: [UInt8] = [0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
            let path = try folder.file("cut.gguf", header)
            for arguments in [["run", path, "hello"], ["show", path], ["plan", path]] {
                try await self.refuse(arguments, status: 65, code: "invalidModelFile", words: "18")
            }
        }

        @Test func `a name that the store does not have`() async throws {
            try await self.refuse(
                ["run", "no-such-model:7b", "hello"],
                status: 66,
                code: "modelNotFound",
                words: "no-such-model:7b",
                "store"
            )
            try await self.refuse(["remove", "no-such-model:7b"], status: 66, code: "modelNotFound")
            try await self.refuse(["run", "not a name", "hello"], status: 66, code: "modelNotFound")
        }

        @Test func `a name alone with a pipe is a model, not a prompt`() async throws {
            try await self.refuse(["run", "no-such-model:7b"], input: Data("hello".utf8), status: 66, code: "modelNotFound")
        }

        @Test func `an empty prompt`() async throws {
            try await self.refuse(["run", "m:1", ""], status: 64, code: "invalidRequest", words: "empty")
            try await self.refuse(["run", ""], status: 64, code: "invalidRequest", words: "empty")
            try await self.refuse(["run", "-"], input: Data("\n".utf8), status: 64, code: "invalidRequest", words: "empty")
            try await self.refuse(["run"], status: 64, code: "invalidRequest", words: "empty")
            try await self.refuse(["run", "--lines"], input: Data("a\n\nb".utf8), status: 64, code: "invalidRequest", words: "line 2 of 3")
        }

        @Test(arguments: [
            ["--max-tokens", "0"], ["--max-tokens", "-1"], ["--temperature", "-1"], ["--temperature", "5.1"], ["--temperature", "nan"],
            ["--top-p", "1.5"], ["--top-p", "0"], ["--top-k", "-1"], ["--min-p", "2"], ["--typical-p", "-0.5"], ["--repeat-penalty", "0"],
            ["--repeat-last-n", "-2"], ["--frequency-penalty", "inf"], ["--presence-penalty", "nan"], ["--stop", ""], ["--deadline", "0"],
            ["--deadline", "-1"], ["--deadline", "nan"], ["--deadline", "1e300"], ["--grammar-file", "/nowhere/grammar.gbnf"],
        ])
        func `a value out of its range is refused before the model is looked for`(_ option: [String]) async throws {
            try await self.refuse(["run", "m:1", "hello"] + option, status: 64, code: "invalidRequest")
        }

        @Test(arguments: [["--parallel", "0"], ["--parallel", "257"], ["--threads", "0"], ["--ctx-size", "0"], ["--ctx-size", "-5"]])
        func `a parameter out of its range is refused before the model is looked for`(_ option: [String]) async throws {
            try await self.refuse(["run", "m:1", "hello"] + option, status: 64, code: "invalidRequest", words: option[1])
        }

        @Test(arguments: [
            ["run", "--bogus"], ["run", "x", "--temperature", "warm"], ["run", "x", "--seed", "-1"],
            ["run", "x", "--raw", "--system", "y"],
            ["run", "--lines", "m:1", "prompt"], ["bogus"], ["show"], ["tokenize"], ["import", "file"], ["list", "extra"],
        ])
        func `wrong usage is one line`(_ arguments: [String]) async throws {
            try await self.refuse(arguments, status: 64, code: "usage")
        }

        @Test func `standard input that is not UTF-8`() async throws {
            let input = Data([0x61, 0x62, 0x63, 0xFF, 0x64])
            for arguments in [["run"], ["run", "m:1", "-"], ["run", "--lines"], ["run", "--raw", "-"], ["tokenize", "m:1"]] {
                try await self.refuse(arguments, input: input, status: 64, code: "invalidRequest", words: "offset 3", "0xFF")
            }
        }

        @Test func `help, version and completions are no errors`() async throws {
            for (arguments, words) in [
                (["--help"], "Exit statuses"), (["help", "run"], "--max-tokens"), ([], "USAGE: mullama"), (["run", "--help"], "--lines"),
                (["--generate-completion-script", "bash"], "mullama"), (["--version"], "llama.cpp"),
            ] {
                let result = try await MullamaProcess(arguments).result()
                #expect(result.status == 0)
                #expect(result.output.contains(words))
                #expect(result.errors.isEmpty)
            }
        }

        @Test func `devices`() async throws {
            let result = try await MullamaProcess.run("devices", "--json")
            #expect(result.status == 0)
            let devices = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
            #expect(devices.contains { $0["kind"] as? String == "cpu" })
            #expect(try await MullamaProcess.run("devices").output.hasPrefix("NAME"))
        }
    }
}
