import ChatTemplates
import HTTPTypes
import MullamaTestSupport

@testable import MullamaServer

/// Makes requests whose fields are of the wrong kind, or absurd, the same from the same seed.
struct HostileFields {
    private static let values: [TemplateValue] = [
        .none, true, false, 0, -1, 1, 2, .integer(.max), .integer(.min), 0.5, -0.0, 1e308, -1e308, "", "x", "abc", "\u{0}", "json", "-1",
        .list([]), [1],
        ["x"], [.none], [[1, 2]], [-1], [.integer(.max)], .dictionary([:]), ["type": "text"], ["role": "user"], ["x": -1], ["1": 100],
        [["role": "user", "content": "hi"]], [["role": "nobody", "content": 3]], [["type": "text", "text": "hi"]],
        ["include_usage": true], ["num_predict": -5, "temperature": "hot"], .string(String(repeating: "long ", count: 400)),
    ]

    private static let fields = [
        "model", "prompt", "messages", "input", "content", "tokens", "max_tokens", "max_completion_tokens", "stream", "stream_options",
        "stop", "n",
        "best_of", "logprobs", "top_logprobs", "echo", "suffix", "seed", "temperature", "top_p", "top_k", "min_p", "typical_p",
        "repeat_penalty",
        "frequency_penalty", "presence_penalty", "logit_bias", "ignore_eos", "grammar", "priority", "timeout", "tools", "tool_choice",
        "response_format",
        "options", "keep_alive", "format", "system", "template", "raw", "context", "images", "think", "name", "source", "destination",
        "encoding_format",
        "dimensions", "truncate", "add_special", "with_pieces", "chat_template_kwargs", "user", "verbose",
    ]

    private let routes: [Route]
    private var generator: SeededGenerator

    init(_ routes: [Route], seed: UInt64) {
        self.routes = routes.filter { $0.method != .get }
        self.generator = SeededGenerator(seed: seed)
    }

    /// - Returns: A request, which asks to close the connection after it.
    mutating func next() -> String {
        let route = self.routes.randomElement(using: &self.generator)!
        var body: TemplateDictionary = [
            "prompt": "abc", "messages": [["role": "user", "content": "abc"]], "input": "abc", "content": "abc",
        ]
        for _ in 0..<Int.random(in: 1...3, using: &self.generator) {
            body[Self.fields.randomElement(using: &self.generator)!] = Self.values.randomElement(using: &self.generator)!
        }
        let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "x%20%00" : String($0) }
        let json = TemplateValue.dictionary(body).json
        let head = "\(route.method.rawValue) /\(path.joined(separator: "/")) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        return "\(head)Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
    }
}
