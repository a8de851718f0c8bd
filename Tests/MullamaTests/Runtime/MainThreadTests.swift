import Foundation
import MullamaTestSupport
import Testing

/// A test's process is asynchronous from its start: no test runs on its main thread outside of a task. So these run the snippet `BlockOn`.
@Suite("A synchronous program's main thread", .timeLimit(.minutes(1)))
struct MainThreadTests {
    private struct Ending {
        let output: String
        let errors: String
        let isSuccess: Bool
    }

    private func run(_ arguments: String...) async throws -> Ending {
        let executable: URL = try #require(ChildProcess.built("BlockOn"), "the snippet BlockOn is not built")
        // Files instead of pipes: nobody has to read while the program writes.
        let folder = FileManager.default.temporaryDirectory.appending(path: "mullama-snippet-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["output", "errors"].map { folder.appending(path: $0) }
        for file in files { try Data().write(to: file) }
        let process = try ChildProcess(
            executable,
            arguments,
            input: .nullDevice,
            output: FileHandle(forWritingTo: files[0]),
            errors: FileHandle(forWritingTo: files[1])
        )
        let ending = await withTaskCancellationHandler {
            await process.ending()
        } onCancel: {
            // The time limit of the test is over: it hangs.
            process.signal(SIGKILL)
        }
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return Ending(output: texts[0], errors: texts[1], isSuccess: ending == .status(0))
    }

    @Test("S19: on the main thread blockOn serves the main actor while it waits")
    func mainActor() async throws {
        let ending = try await self.run()
        #expect(ending.isSuccess, "\(ending.errors)")
        #expect(ending.output == "started, slept: 55\n")
    }

    @Test("S19: timers of the run loop fire meanwhile, and may call blockOn themselves")
    func timer() async throws {
        let ending = try await self.run("timer")
        #expect(ending.isSuccess, "\(ending.errors)")
        #expect(ending.output.hasSuffix("in a timer: [7]\n"))
    }

    @Test("S19: in a block of the main queue, where the main actor could not be served, it traps and says why")
    func nested() async throws {
        let ending = try await self.run("nested")
        #expect(!ending.isSuccess)
        #expect(ending.errors.contains("blockOn was called in a block of the main queue"))
        #expect(!ending.output.contains("never"))
    }
}
