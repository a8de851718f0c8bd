import Foundation
import Synchronization

/// `mullama serve`, spoken to as OpenAI's clients do.
struct Daemon: ServerContestant {
    let side: Side
    let process: ServerProcess

    /// Starts it and waits until its model is loaded.
    init(
        _ side: Side = .daemon,
        program: String,
        model: String,
        slots: Int,
        contextSize: Int,
        threads: Int,
        flags: [String] = []
    ) async throws {
        self.side = side
        self.process = try await ServerProcess(program, ready: "/ready") { port in
            ["serve", "--model", model, "--port", "\(port)", "--socket", "none", "--parallel", "\(slots)"]
                + ["--ctx-size", "\(contextSize)", "--threads", "\(threads)"] + flags
        }
    }

    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (String, Int) -> Void) async throws {
        let found = Mutex(0)
        let request = try JSONEncoder().encode(CompletionRequest(prompt: prompt, tokens: tokens))
        try await self.process.client.stream("/v1/completions", request) { event in
            guard let part = try? JSONDecoder().decode(CompletionEvent.self, from: event) else { return }
            if let text = part.choices.first?.text, !text.isEmpty {
                found.withLock { $0 += 1 }
                onPart(text, 1)
            }
            // Some parts have the text of several tokens.
            let missing = part.usage.map { usage in found.withLock { usage.completionTokens - $0 } } ?? 0
            if missing > 0 { onPart("", missing) }
        }
        try Task.checkCancellation()
    }

    func settle() async throws {
        while true {
            if try await self.process.client.liveRequests() == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension HTTPClient {
    /// How many requests are on their way at `mullama serve`.
    func liveRequests() async throws -> Int {
        let answer = try await self.get("/requests?state=live")
        guard answer.status == 200 else { throw BenchError("mullama serve does not tell its requests: status \(answer.status)") }
        return try JSONDecoder().decode(LiveRequests.self, from: answer.body).requests.count
    }
}

private struct CompletionRequest: Encodable {
    struct StreamOptions: Encodable {
        var includesUsage = true

        enum CodingKeys: String, CodingKey {
            case includesUsage = "include_usage"
        }
    }

    var prompt: String
    var tokens: Int
    var stream = true
    var temperature = 0.0
    var ignoresEnd = true
    var streamOptions = StreamOptions()

    enum CodingKeys: String, CodingKey {
        case prompt
        case tokens = "max_tokens"
        case stream
        case temperature
        case ignoresEnd = "ignore_eos"
        case streamOptions = "stream_options"
    }
}

private struct CompletionEvent: Decodable {
    struct Choice: Decodable {
        var text: String
    }

    struct Usage: Decodable {
        var completionTokens: Int

        enum CodingKeys: String, CodingKey {
            case completionTokens = "completion_tokens"
        }
    }

    var choices: [Choice]
    var usage: Usage?
}

private struct LiveRequests: Decodable {
    struct Request: Decodable {}

    var requests: [Request]
}
