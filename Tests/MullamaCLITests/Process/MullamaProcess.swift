import Foundation
import ModelStore
import MullamaTestSupport
import Synchronization
import Testing

/// The built `mullama` as a process of its own, ended by force when it takes too long.
final class MullamaProcess: Sendable {
    struct Result {
        /// The exit status; nil if a signal ended the process.
        let status: Int32?
        let output: String
        let errors: String

        /// Whether standard error holds one error line with this code and nothing else.
        func isError(_ code: String) -> Bool {
            self.errors.hasPrefix("mullama: error: ") && self.errors.hasSuffix(" [\(code)]\n")
                && self.errors.filter(\.isNewline).count == 1
        }
    }

    static let model = "smollm2:135m"
    static let hasModel = (try? ModelStore().model(named: ModelName(parsing: MullamaProcess.model))).flatMap { $0 } != nil

    /// A grammar that never lets an answer end.
    static let endless = "root ::= \"ab \" root\n"

    private static let limit: DispatchTimeInterval = .seconds(120)

    private let process: ChildProcess
    private let outputPipe = Pipe()
    private let errorPipe = Pipe()

    /// So that no test speaks to the daemon of whoever runs the tests, nor has that one's settings.
    static let isolation = [
        "MULLAMA_SOCKET": TemporaryFolder.system.appending(path: "mullama-no-daemon.sock").path,
        "MULLAMA_STATE": TemporaryFolder.system.appending(path: "mullama-no-state").path,
        "XDG_CONFIG_HOME": TemporaryFolder.system.appending(path: "mullama-no-settings").path,
    ]

    /// - Parameters:
    ///   - input: What it reads from standard input.
    ///   - environment: Added to that of the tests.
    init(_ arguments: [String], input: Data = Data(), environment: [String: String] = [:]) throws {
        let executable: URL = try #require(ChildProcess.built("mullama"), "mullama is not built")
        // A file instead of a pipe: nobody has to wait until it is read.
        let file = TemporaryFolder.system.appending(path: "mullama-input-\(UUID())")
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        // The program must not hold the ends that are read here: nobody would ever have left.
        for pipe in [self.outputPipe, self.errorPipe] {
            _ = fcntl(pipe.fileHandleForReading.fileDescriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        let process = try ChildProcess(
            executable,
            arguments,
            environment: ProcessInfo.processInfo.environment.merging(Self.isolation) { $1 }.merging(environment) { $1 },
            input: FileHandle(forReadingFrom: file),
            output: self.outputPipe.fileHandleForWriting,
            errors: self.errorPipe.fileHandleForWriting
        )
        // The ends that are the program's: with them open here, reading would never come to an end.
        try self.outputPipe.fileHandleForWriting.close()
        try self.errorPipe.fileHandleForWriting.close()
        self.process = process
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.limit) { process.signal(SIGKILL) }
    }

    /// Runs it to its end.
    static func run(
        _ arguments: String...,
        input: Data = Data(),
        environment: [String: String] = [:]
    ) async throws -> Result {
        try await MullamaProcess(arguments, input: input, environment: environment).result()
    }

    func signal(_ number: Int32) {
        self.process.signal(number)
    }

    /// The first bytes of the answer; empty when it ended without any.
    func firstOutput() async -> Data {
        let handle = self.outputPipe.fileHandleForReading
        return await Self.onThread { handle.availableData }
    }

    /// Stops reading standard output.
    func closeOutput() throws {
        try self.outputPipe.fileHandleForReading.close()
    }

    /// Waits for the end.
    ///
    /// - Parameter earlier: What was read before with ``firstOutput()``; nil if standard output was closed.
    func result(after earlier: Data? = Data()) async -> Result {
        let (output, errors) = (self.outputPipe.fileHandleForReading, self.errorPipe.fileHandleForReading)
        async let errorData = Self.onThread { errors.readDataToEndOfFile() }
        let rest = earlier == nil ? Data() : await Self.onThread { output.readDataToEndOfFile() }
        let status: Int32? = if case .status(let status) = await self.process.ending() { status } else { nil }
        return Result(
            status: status,
            output: String(decoding: (earlier ?? Data()) + rest, as: UTF8.self),
            errors: String(decoding: await errorData, as: UTF8.self)
        )
    }

    private static func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
