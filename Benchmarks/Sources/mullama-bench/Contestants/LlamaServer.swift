import Foundation

/// A llama-server in a process of its own, on a port of this machine that nobody else uses.
///
/// It is started by a shell that ends it when our end of a pipe closes, so that it never outlives this program, however that ends.
final class LlamaServer: Contestant {
    let side: Side
    let processID: Int32
    private let client: HTTPClient
    private let leash: FileHandle
    private let end: Task<Void, Never>

    /// Starts it and waits until it answers.
    init(_ side: Side, program: String, model: String, slots: Int, contextSize: Int, threads: Int, flags: [String]) async throws {
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
        let arguments =
            ["--model", model, "--host", "127.0.0.1", "--port", "\(port)"]
            + ["--parallel", "\(slots)", "--ctx-size", "\(slots * contextSize)", "--threads", "\(threads)"] + flags
        let shell = try ChildProcess("/bin/sh", ["-c", script, "sh", log.path, program] + arguments)
        self.side = side
        self.leash = shell.input
        let line = await OwnThread.run { String(decoding: shell.output.availableData, as: UTF8.self) }
        guard let id = Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw BenchError("llama-server does not start") }
        self.processID = id
        self.client = HTTPClient(port: port)
        let hasEnded = Flag()
        self.end = Task {
            // Nobody writes there any more: the shell ends with the server.
            _ = await shell.outputUntilEnd()
            hasEnded.set()
        }
        for _ in 0..<600 where !hasEnded.isSet {
            if (try? await self.client.get("/health").status) == 200 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        await self.stop()
        throw BenchError("llama-server does not answer; its last words:\n\(said.split(separator: "\n").suffix(8).joined(separator: "\n"))")
    }

    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (String, Int) -> Void) async throws {
        let request = CompletionRequest(prompt: prompt, tokens: tokens)
        try await self.client.stream("/completion", try JSONEncoder().encode(request)) { event in
            // What is said beside the text costs as much to read as on any client.
            guard let part = try? JSONDecoder().decode(CompletionEvent.self, from: event), !part.stop else { return }
            onPart(part.content, part.tokens.count)
        }
        try Task.checkCancellation()
    }

    func settle() async throws {
        while true {
            let answer = try await self.client.get("/slots")
            guard answer.status == 200 else { throw BenchError("llama-server does not tell its slots: status \(answer.status)") }
            let slots = try JSONDecoder().decode([SlotStatus].self, from: answer.body)
            if slots.allSatisfy({ !$0.isProcessing }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Ends the process and waits until it is gone.
    func stop() async {
        try? self.leash.close()
        await self.end.value
    }
}

private struct CompletionRequest: Encodable {
    var prompt: String
    var tokens: Int
    var stream = true
    var temperature = 0.0
    var ignoresEnd = true
    var returnsTokens = true

    enum CodingKeys: String, CodingKey {
        case prompt
        case tokens = "n_predict"
        case stream
        case temperature
        case ignoresEnd = "ignore_eos"
        case returnsTokens = "return_tokens"
    }
}

private struct CompletionEvent: Decodable {
    var content: String
    var stop: Bool
    var tokens: [Int]
}

private struct SlotStatus: Decodable {
    var isProcessing: Bool

    enum CodingKeys: String, CodingKey {
        case isProcessing = "is_processing"
    }
}
