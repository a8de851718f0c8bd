import Foundation

/// A llama-server.
struct LlamaServer: ServerContestant {
    let side: Side
    let process: ServerProcess

    /// Starts it and waits until it answers.
    init(_ side: Side, program: String, model: String, slots: Int, contextSize: Int, threads: Int, flags: [String]) async throws {
        self.side = side
        self.process = try await ServerProcess(program, ready: "/health") { port in
            ["--model", model, "--host", "127.0.0.1", "--port", "\(port)"]
                + ["--parallel", "\(slots)", "--ctx-size", "\(slots * contextSize)", "--threads", "\(threads)"] + flags
        }
    }

    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (String, Int) -> Void) async throws {
        let request = CompletionRequest(prompt: prompt, tokens: tokens)
        try await self.process.client.stream("/completion", try JSONEncoder().encode(request)) { event in
            // What is said beside the text costs as much to read as on any client.
            guard let part = try? JSONDecoder().decode(CompletionEvent.self, from: event), !part.stop else { return }
            onPart(part.content, part.tokens.count)
        }
        try Task.checkCancellation()
    }

    func settle() async throws {
        while true {
            let answer = try await self.process.client.get("/slots")
            guard answer.status == 200 else { throw BenchError("llama-server does not tell its slots: status \(answer.status)") }
            let slots = try JSONDecoder().decode([SlotStatus].self, from: answer.body)
            if slots.allSatisfy({ !$0.isProcessing }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
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
