import Foundation
import ModelStore
import Testing

extension ProcessTests {
    /// The commands about the store, on a store of their own.
    struct StoreTests {
        /// The smallest file that may be added: a few facts, and one tensor of 32 numbers.
        private static let smallModel: [UInt8] = {
            func number(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
            func text(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + text.utf8 }
            func fact(_ key: String, _ value: String) -> [UInt8] { text(key) + number(UInt32(8)) + text(value) }
            func fact(_ key: String, _ value: UInt32) -> [UInt8] { text(key) + number(UInt32(4)) + number(value) }
            var bytes = Array("GGUF".utf8) + number(UInt32(3)) + number(UInt64(1)) + number(UInt64(8))
            bytes += fact("general.architecture", "llama") + fact("general.name", "Tiny\u{1B}[31m") + fact("llama.context_length", 2048)
            bytes += fact("llama.embedding_length", 32) + fact("llama.block_count", 2) + fact("llama.attention.head_count", 4)
            bytes += fact("general.license", "mit") + fact("general.file_type", 0)
            bytes += text("output.weight") + number(UInt32(1)) + number(UInt64(32)) + number(UInt32(0)) + number(UInt64(0))
            bytes += [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
            return bytes + [UInt8](repeating: 0, count: 32 * 4)
        }()

        @Test func `a model's way through the store`() async throws {
            let folder = try TemporaryFolder()
            let file = try folder.file("tiny.gguf", Self.smallModel)
            let store = ["MULLAMA_MODELS": folder.url.appending(path: "store").path]

            let empty = try await MullamaProcess.run("list", environment: store)
            #expect(empty.status == 0)
            #expect(empty.output.isEmpty)
            #expect(empty.errors.contains("mullama import"))

            let added = try await MullamaProcess.run("import", file, "acme/tiny:v1", "--source", "a test", environment: store)
            #expect(added.status == 0)
            #expect(added.output.contains("acme/tiny:v1"))
            #expect(added.errors.isEmpty)

            let listed = try await MullamaProcess.run("list", environment: store)
            #expect(listed.output.filter(\.isNewline).count == 2)
            #expect(listed.output.contains("acme/tiny:v1"))
            #expect(listed.errors.isEmpty)

            let shown = try await MullamaProcess.run("show", "acme/tiny:v1", "--json", environment: store)
            let details = try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
            #expect(details["license"] as? String == "mit")
            #expect(details["source"] as? String == "a test")
            #expect(details["contextSize"] as? Int == 2048)
            #expect(details["layers"] as? Int == 2)
            #expect(details["hasChatTemplate"] as? Bool == false)
            #expect((details["digest"] as? String)?.hasPrefix("sha256:") == true)

            let completions = try await MullamaProcess.run(
                "---completion",
                "show",
                "--",
                "positional@0",
                "0",
                "0",
                "acme",
                environment: store
            )
            #expect(completions.output.contains("acme/tiny:v1"))

            let removed = try await MullamaProcess.run("rm", "acme/tiny:v1", environment: store)
            #expect(removed.status == 0)
            #expect(removed.output.contains("acme/tiny:v1"))
            #expect(try await MullamaProcess.run("list", "--json", environment: store).output == "[\n\n]\n")
        }

        @Test func `a name that is taken`() async throws {
            let folder = try TemporaryFolder()
            let store = ["MULLAMA_MODELS": folder.url.appending(path: "store").path]
            let first = try folder.file("first.gguf", Self.smallModel)
            let second = try folder.file("second.gguf", Self.smallModel + [UInt8](repeating: 0, count: 32))
            #expect(try await MullamaProcess.run("import", first, "tiny", environment: store).status == 0)
            let refused = try await MullamaProcess.run("import", second, "tiny", environment: store)
            #expect(refused.status == 73)
            #expect(refused.isError("alreadyExists"))
            #expect(try await MullamaProcess.run("import", second, "tiny", "--replace", environment: store).status == 0)
        }

        @Test func `imports that cannot be`() async throws {
            let folder = try TemporaryFolder()
            let store = ["MULLAMA_MODELS": folder.url.appending(path: "store").path]
            let file = try folder.file("tiny.gguf", Self.smallModel)
            let cut = try folder.file("cut.gguf", Self.smallModel.dropLast(8))
            for (file, name, status, code) in [
                (file, "a b", 66, "invalidName"), ("/nowhere.gguf", "tiny", 66, "modelNotFound"), (cut, "tiny", 65, "truncatedModelFile"),
            ] as [(String, String, Int32, String)] {
                let result = try await MullamaProcess.run("import", file, name, environment: store)
                #expect(result.status == status)
                #expect(result.isError(code), "\(result.errors)")
                #expect(result.output.isEmpty)
            }
        }

        @Test func `a damaged entry is a warning, not the end of the list`() async throws {
            let folder = try TemporaryFolder()
            let root = folder.url.appending(path: "store")
            let store = ["MULLAMA_MODELS": root.path]
            let file = try folder.file("tiny.gguf", Self.smallModel)
            #expect(try await MullamaProcess.run("import", file, "tiny", environment: store).status == 0)
            let damaged = root.appending(path: "manifests/broken")
            try FileManager.default.createDirectory(at: damaged, withIntermediateDirectories: true)
            try Data("{".utf8).write(to: damaged.appending(path: "v1.json"))
            let result = try await MullamaProcess.run("list", environment: store)
            #expect(result.status == 0)
            #expect(result.output.contains("tiny:latest"))
            #expect(result.errors.hasPrefix("mullama: warning: "))
            #expect(result.errors.hasSuffix("[storeDamaged]\n"))
        }

        @Test func `facts of a file, and its plan`() async throws {
            let folder = try TemporaryFolder()
            let file = try folder.file("tiny.gguf", Self.smallModel)
            let shown = try await MullamaProcess.run("show", file)
            #expect(shown.status == 0)
            #expect(shown.output.contains("2,048 tokens"))
            // A file's name must not give orders to a terminal that the table is pasted or paged into.
            #expect(!shown.output.contains("\u{1B}"))

            let template = try await MullamaProcess.run("show", file, "--template")
            #expect(template.status == 65)
            #expect(template.isError("unsupportedModel"))

            let planned = try await MullamaProcess.run("plan", file, "--parallel", "3", "--ctx-size", "512", "--json")
            let plan = try #require(try JSONSerialization.jsonObject(with: Data(planned.output.utf8)) as? [String: Any])
            // Two bytes for each of 2 layers × 512 tokens × 4 heads × (8 + 8).
            #expect(plan["cachePerContext"] as? Int == 2 * 2 * 512 * 4 * 16)
            #expect(plan["cache"] as? Int == 3 * 2 * 2 * 512 * 4 * 16)
            #expect(plan["weights"] as? Int == 128)
            #expect(plan["fits"] as? Bool == true)
            #expect(plan["largestContextSize"] as? Int == 2048)
            #expect(plan["largestParallel"] as? Int == 256)

            let automatic = try await MullamaProcess.run("plan", file, "--parallel", "auto", "--cache-type", "f16", "--json")
            let chosen = try #require(try JSONSerialization.jsonObject(with: Data(automatic.output.utf8)) as? [String: Any])
            #expect((1...256).contains(try #require(chosen["parallel"] as? Int)))
            #expect(chosen["cacheType"] as? String == "f16")

            // Heads of 8 do not fill a block of 32.
            let odd = try await MullamaProcess.run("plan", file, "--cache-type", "q8_0")
            #expect(odd.status == 64)
            #expect(odd.isError("invalidRequest"))

            let table = try await MullamaProcess.run("plan", file, "--parallel", "3", "--ctx-size", "512")
            #expect(table.output.contains("cache for 3 contexts"))
            for option in [["--parallel", "0"], ["--parallel", "257"], ["--ctx-size", "0"], ["--ctx-size", "-1"]] {
                let refused = try await MullamaProcess(["plan", file] + option).result()
                #expect(refused.status == 64)
                #expect(refused.isError("invalidRequest"))
            }
        }
    }
}
