import Foundation

/// This program in another process, for what the memory of this one would blur.
enum FreshProcess {
    /// What it prints, without the space around it.
    static func output(of arguments: [String]) async throws -> String {
        guard let program = Bundle.main.executablePath else { throw BenchError("this program does not know where it lies") }
        return try await ChildProcess(program, arguments).outputUntilEnd().trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
