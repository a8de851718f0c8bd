import Foundation
import ModelStore
import MullamaTestSupport
import Testing

extension ProcessTests {
    /// `mullama tune`, with a cache folder of each test's own.
    @Suite(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
    struct TuneTests {
        private let model = MullamaProcess.model

        private func environment(_ folder: borrowing TemporaryFolder) -> [String: String] {
            ["XDG_CACHE_HOME": folder.url.path, "MULLAMA_MODELS": ModelStore.defaultRoot.path]
        }

        private func remembered(_ folder: borrowing TemporaryFolder) -> [URL] {
            let tuning = folder.url.appending(path: "mullama/tuning")
            return (try? FileManager.default.contentsOfDirectory(at: tuning, includingPropertiesForKeys: nil)) ?? []
        }

        private func json(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func `it measures, chooses and remembers, and answers stay what they were`() async throws {
            let folder = try TemporaryFolder()
            let environment = self.environment(folder)
            let question = ["run", self.model, "Name a river.", "--max-tokens", "12", "--temperature", "0"]
            let before = try await MullamaProcess(question, environment: environment).result()
            let tuned = try await MullamaProcess.run("tune", self.model, "--time", "4", environment: environment)
            #expect(tuned.status == 0)
            #expect(tuned.errors.isEmpty)
            for word in ["defaults", "choice: ", "reason: ", "Remembered"] { #expect(tuned.output.contains(word)) }
            #expect(self.remembered(folder).count == 1)
            let after = try await MullamaProcess(question, environment: environment).result()
            #expect(after.status == 0 && after.output == before.output)

            // A damaged file is no error.
            for file in self.remembered(folder) { try Data("{".utf8).write(to: file) }
            let damaged = try await MullamaProcess(question, environment: environment).result()
            #expect(damaged.output == before.output && damaged.errors.isEmpty)

            let forgotten = try await MullamaProcess.run("tune", self.model, "--forget", environment: environment)
            #expect(forgotten.output.hasPrefix("Forgot"))
            #expect(self.remembered(folder).isEmpty)
            #expect(try await MullamaProcess.run("tune", self.model, "--forget", environment: environment).output.hasPrefix("There are no"))
        }

        @Test func `a dry run remembers nothing, and JSON holds every figure`() async throws {
            let folder = try TemporaryFolder()
            let result = try await MullamaProcess.run(
                "tune",
                self.model,
                "--time",
                "3",
                "--dry-run",
                "--json",
                environment: self.environment(folder)
            )
            #expect(result.status == 0)
            let report = try self.json(result.output)
            #expect(report["isRemembered"] as? Bool == false)
            let measurements = try #require(report["measurements"] as? [[String: Any]])
            let figures = try #require(measurements.first?["figures"] as? [String: Double])
            #expect(figures.count == 5 && figures.values.allSatisfy { $0 > 0 })
            #expect((report["choice"] as? [String: Any])?["reason"] is String)
            #expect(self.remembered(folder).isEmpty)
        }

        @Test func `an interrupt while a copy is converted leaves nothing behind`() async throws {
            let folder = try TemporaryFolder()
            let source = try #require(try ModelStore().model(named: ModelName(parsing: self.model))).url.path
            let models = folder.url.appending(path: "models").path
            let process = try MullamaProcess(
                ["tune", source, "--write", "q8_0", "--as", "copy:q8_0"],
                environment: ["XDG_CACHE_HOME": folder.url.path, "MULLAMA_MODELS": models]
            )
            // The folder for the copy is the first thing that is seen of it.
            try await waitWhile(self.remembered(folder).isEmpty)
            process.signal(SIGINT)
            let result = await process.result()
            #expect(result.status == 130)
            #expect(result.output.isEmpty && result.errors.isEmpty)
            #expect(self.remembered(folder).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: models))
        }

        @Test func `a copy in another format is written once, under its own name`() async throws {
            let folder = try TemporaryFolder()
            let source = try #require(try ModelStore().model(named: ModelName(parsing: self.model))).url.path
            let environment = ["XDG_CACHE_HOME": folder.url.path, "MULLAMA_MODELS": folder.url.appending(path: "models").path]
            let arguments = ["tune", source, "--write", "q4_0", "--as", "copy:q4_0"]
            let written = try await MullamaProcess(arguments, environment: environment).result()
            #expect(written.status == 0, "\(written.errors)")
            #expect(written.output.hasPrefix("Wrote copy:q4_0"))
            #expect(self.remembered(folder).isEmpty)
            let shown = try self.json(try await MullamaProcess.run("show", "copy:q4_0", "--json", environment: environment).output)
            #expect(shown["quantization"] as? String == "Q4_0")
            #expect((shown["source"] as? String)?.contains("requantised from") == true)
            let again = try await MullamaProcess(arguments, environment: environment).result()
            #expect(again.status == 73)
            #expect(again.isError("alreadyExists"))
        }

        @Test(
            arguments: [
                (["--time", "0"], "--time"), (["--time", "nan"], "--time"), (["--write", "Q9"], "Q9"), (["--as", "a:b"], "--as"),
                (["--forget", "--formats"], "--forget"), (["--reproducible", "perhaps"], "perhaps"),
                (["--write", "Q4_0", "--as", "..."], "..."),
            ] as [([String], String)]
        )
        func `wrong options are refused before anything is measured`(_ options: [String], _ word: String) async throws {
            let result = try await MullamaProcess(["tune", self.model] + options).result()
            #expect(result.status == 64 || result.status == 66)
            #expect(result.errors.hasPrefix("mullama: error: ") && result.errors.contains(word))
            #expect(result.output.isEmpty)
        }

        @Test func `a path has no name to make another from`() async throws {
            let source = try #require(try ModelStore().model(named: ModelName(parsing: self.model))).url.path
            let result = try await MullamaProcess.run("tune", source, "--write", "Q4_0")
            #expect(result.status == 64)
            #expect(result.errors.contains("--as"))
        }
    }
}
