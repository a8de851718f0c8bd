import MullamaTestSupport

/// Makes bytes that no client should send, the same from the same seed.
struct HostileBytes {
    private static let request = """
        POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n\
        {"prompt": "abc", "max_tokens": 6}
        """

    private static let pieces = [
        "GET ", "POST ", "OPTIONS ", "CONNECT ", "HEAD ", "BREW ", "/", "//", "/v1/completions", "/api/chat", "*", "http://a/b", "%00",
        "%zz", "/../..",
        "?a=b&&=", " HTTP/1.1", " HTTP/1.0", " HTTP/0.9", " HTTP/2.0", "\r\n", "\n", "\r", "\r\n\r\n", "Host: localhost", "Host:",
        "Host: a\r\nHost: b",
        "Content-Length: 5", "Content-Length: -5", "Content-Length: 99999999999999999999", "Content-Length: 0x5",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, chunked", "Connection: close", "Connection: Upgrade\r\nUpgrade: websocket",
        "Expect: 100-continue", "Expect: nonsense", "5\r\nabcde\r\n", "0\r\n\r\n", "-1\r\n", "ffffffffffffffff\r\n", "5;ext=\"x\r\ny\"\r\n",
        ": ",
        "A: b\r\n c", "\0", "\u{FEFF}", "é", "{}", "[]", "{\"prompt\": \"abc\"}",
    ]

    private var generator: SeededGenerator

    init(seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
    }

    mutating func next() -> [UInt8] {
        switch Int.random(in: 0..<7, using: &self.generator) {
        case 0: return (0..<Int.random(in: 1...600, using: &self.generator)).map { _ in UInt8.random(in: 0...255, using: &self.generator) }
        case 1: return Array(Array(Self.request.utf8).prefix(Int.random(in: 0..<Self.request.utf8.count, using: &self.generator)))
        case 2: return self.flipped()
        case 3: return (0..<Int.random(in: 1...14, using: &self.generator)).flatMap { _ in Array(self.piece().utf8) }
        case 4: return self.chunks()
        case 5: return self.manyFields()
        default: return self.body()
        }
    }

    private mutating func piece() -> String { Self.pieces.randomElement(using: &self.generator) ?? "" }

    /// A request of which some bytes are others, or missing.
    private mutating func flipped() -> [UInt8] {
        var bytes = Array(Self.request.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &self.generator) {
            let index = Int.random(in: 0..<bytes.count, using: &self.generator)
            if Bool.random(using: &self.generator) {
                bytes.remove(at: index)
            } else {
                bytes[index] = .random(in: 0...255, using: &self.generator)
            }
        }
        return bytes
    }

    private mutating func chunks() -> [UInt8] {
        var text = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        for _ in 0..<Int.random(in: 1...8, using: &self.generator) {
            let content = String(repeating: "{", count: Int.random(in: 0...20, using: &self.generator))
            let size = content.utf8.count + [0, 0, 0, 1, -1, 1 << 40].randomElement(using: &self.generator)!
            text += "\(String(size, radix: 16))\(self.end())\(content)\(self.end())"
        }
        return Array(text.utf8)
    }

    private mutating func end() -> String { ["\r\n", "\r\n", "\r\n", "\n", "", ";x=y\r\n"].randomElement(using: &self.generator)! }

    private mutating func manyFields() -> [UInt8] {
        let count = Int.random(in: 1...400, using: &self.generator)
        let size = Int.random(in: 0...1000, using: &self.generator)
        let fields = (0..<count).map { "X-\($0): \(String(repeating: "v", count: size))\r\n" }.joined()
        return Array("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n".utf8)
    }

    /// A well-formed request with a body that is none.
    private mutating func body() -> [UInt8] {
        let count = Int.random(in: 0...200, using: &self.generator)
        let body: [UInt8] =
            switch Int.random(in: 0..<6, using: &self.generator) {
            case 0:
                Array(#"{"prompt": ""#.utf8) + (0..<count).map { _ in .random(in: 0...255, using: &self.generator) } + Array(#""}"#.utf8)
            case 1: Array((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8)
            case 2: Array((String(repeating: #"{"a":"#, count: 50_000)).utf8)
            case 3: Array(#"{"prompt": "\ud800", "stop": "\udc00\ud800"}"#.utf8)
            case 4: Array(#"{"prompt": "a", "max_tokens": \#(String(repeating: "9", count: 1 + count))}"#.utf8)
            default: Array(#"{"prompt": "a", "prompt": 1, "temperature": 1e\#(count)9, "seed": -0.0, "n": NaN}"#.utf8)
            }
        let path = ["/v1/completions", "/v1/chat/completions", "/api/generate", "/tokenize"].randomElement(using: &self.generator)!
        return Array("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
