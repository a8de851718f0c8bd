import Foundation

/// A server in a process of its own, on a port of this machine that nobody else uses.
///
/// It is started by a shell that ends it when our end of a pipe closes, so that it never outlives this program, however that ends.
final class ServerProcess: Sendable {
    let processID: Int32
    let client: HTTPClient
    private let leash: FileHandle
    private let end: Task<Void, Never>

    /// Starts it and waits until it answers.
    ///
    /// - Parameters:
    ///   - ready: A path that is answered with 200 from then on.
    ///   - arguments: What it is started with, on the port.
    init(_ program: String, ready: String, _ arguments: (_ port: UInt16) -> [String]) async throws {
        let name = URL(filePath: program).lastPathComponent
        let port = try FreePort.find()
        let log = FileManager.default.temporaryDirectory.appending(path: "mullama-bench-server-\(port).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let script = #"""
            log=$1; shift; exec 3<&0
            "$@" >"$log" 2>&1 </dev/null 3<&- & server=$!
            echo $server
            (read -r _ <&3; kill $server; sleep 2; kill -9 $server 2>/dev/null) >/dev/null 2>&1 &
            wait $server
            """#
        let shell = try ChildProcess("/bin/sh", ["-c", script, "sh", log.path, program] + arguments(port))
        self.leash = shell.input
        let line = await OwnThread.run { String(decoding: shell.output.availableData, as: UTF8.self) }
        guard let id = Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw BenchError("\(name) does not start") }
        self.processID = id
        self.client = HTTPClient(port: port)
        let hasEnded = Flag()
        self.end = Task {
            // Nobody writes there any more: the shell ends with the server.
            _ = await shell.outputUntilEnd()
            hasEnded.set()
        }
        for _ in 0..<600 where !hasEnded.isSet {
            if (try? await self.client.get(ready).status) == 200 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        await self.stop()
        throw BenchError("\(name) does not answer; its last words:\n\(said.split(separator: "\n").suffix(8).joined(separator: "\n"))")
    }

    var resident: Int { ProcessMemory.resident(of: self.processID) }

    /// Ends the process and waits until it is gone.
    func stop() async {
        try? self.leash.close()
        await self.end.value
    }
}
