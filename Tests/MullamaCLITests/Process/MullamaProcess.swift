import Foundation
import ModelStore
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

    /// Beside the bundle of the tests.
    private static var executable: URL? {
        let places = [Bundle.main] + Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
        return places.lazy
            .flatMap { [$0.executableURL, $0.bundleURL].compactMap { $0?.deletingLastPathComponent() } }
            .map { $0.appending(path: "mullama") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private let process: Process
    private let outputPipe = Pipe()
    private let errorPipe = Pipe()

    /// - Parameters:
    ///   - input: What it reads from standard input.
    ///   - environment: Added to that of the tests.
    init(_ arguments: [String], input: Data = Data(), environment: [String: String] = [:]) throws {
        let process = Process()
        let executable: URL = try #require(Self.executable, "mullama is not built")
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = self.outputPipe
        process.standardError = self.errorPipe
        // A file instead of a pipe: nobody has to wait until it is read.
        let file = TemporaryFolder.system.appending(path: "mullama-input-\(UUID())")
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        process.standardInput = try FileHandle(forReadingFrom: file)
        try process.run()
        self.process = process
        let id = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.limit) {
            if process.isRunning { kill(id, SIGKILL) }
        }
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
        kill(self.process.processIdentifier, number)
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
        let process = self.process
        await Self.onThread { process.waitUntilExit() }
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : nil,
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
