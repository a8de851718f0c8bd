import Foundation
import MullamaTestSupport
import Testing

@testable import MullamaCLI

/// A server of the built `mullama`, with a socket and a state of its own; killed when the test is over.
final class TestDaemon: Sendable {
    struct NotServing: Error {
        let errors: String
    }

    private let folder: URL
    let environment: [String: String]

    var socket: String { self.folder.appending(path: "m.sock").path }
    var record: String { self.folder.appending(path: "m.pid").path }

    /// - Parameter hasModels: Whether it has the models of whoever runs the tests, or none.
    init(hasModels: Bool = true) throws {
        // A socket's path is short.
        self.folder = URL(filePath: "/tmp/mullama-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        var environment = [
            "MULLAMA_SOCKET": self.folder.appending(path: "m.sock").path,
            "MULLAMA_STATE": self.folder.appending(path: "state").path,
        ]
        if !hasModels { environment["MULLAMA_MODELS"] = self.folder.appending(path: "models").path }
        self.environment = environment
    }

    deinit {
        if let pid = DaemonLock.holder(self.record) { kill(pid, SIGKILL) }
        try? FileManager.default.removeItem(at: self.folder)
    }

    func file(_ name: String, _ text: String) throws -> String {
        let url = self.folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// Starts `mullama serve` on a free port and waits until it is ready.
    ///
    /// - Returns: The process, what it has printed, and its address, `http://127.0.0.1:PORT`.
    func serve(_ options: String...) async throws -> (process: MullamaProcess, output: Data, address: String) {
        let arguments = ["serve", "--port", "0", "--model", MullamaProcess.model] + options
        let process = try MullamaProcess(arguments, environment: self.environment)
        let output = await process.firstOutput()
        let address = String(String(decoding: output, as: UTF8.self).prefix { !$0.isNewline })
        guard address.hasPrefix("http://127.0.0.1:") else { throw NotServing(errors: await process.result(after: output).errors) }
        try await Self.shell("until [ $(curl -s -o /dev/null -w '%{http_code}' \(address)/ready) = 200 ]; do sleep 0.05; done")
        return (process, output, address)
    }

    /// `mullama` as this daemon's client.
    func client(_ arguments: String..., input: Data = Data()) async throws -> MullamaProcess.Result {
        try await MullamaProcess(arguments, input: input, environment: self.environment).result()
    }

    func start(_ arguments: String...) throws -> MullamaProcess {
        try MullamaProcess(arguments, environment: self.environment)
    }

    /// Runs a script in a shell.
    ///
    /// - Returns: What it printed.
    @discardableResult
    static func shell(_ script: String) async throws -> String {
        let output = Pipe()
        _ = fcntl(output.fileHandleForReading.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let null = try #require(FileHandle(forReadingAtPath: "/dev/null"))
        let process = try ChildProcess(
            URL(filePath: "/bin/sh"),
            ["-c", script],
            input: null,
            output: output.fileHandleForWriting,
            errors: FileHandle.standardError
        )
        try output.fileHandleForWriting.close()
        let reader = output.fileHandleForReading
        let data = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: reader.readDataToEndOfFile()) }
        }
        #expect(await process.ending() == .status(0), "\(script)")
        return String(decoding: data, as: UTF8.self)
    }
}
