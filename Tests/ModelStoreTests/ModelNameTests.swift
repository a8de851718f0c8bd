import Foundation
import ModelStore
import Testing

@Suite struct ModelNameTests {
    @Test(arguments: [
        ("smollm2:135m", "smollm2:135m"),
        ("SmolLM2:135M", "smollm2:135m"),
        ("smollm2", "smollm2:135m"),
        ("llama-3.2", "llama-3.2:3b"),
        ("mine", "mine:latest"),
        ("acme/helper", "acme/helper:latest"),
        ("acme/smollm2", "acme/smollm2:latest"),
        ("Acme/My_Helper-2.0:V1.5", "acme/my_helper-2.0:v1.5"),
    ])
    func isReadAndFilledIn(text: String, full: String) throws {
        #expect(try ModelName(parsing: text).description == full)
    }

    @Test(arguments: [
        "", ":", "a:", ":b", "/a", "a/", "a/b/c", "a:b:c", "a/b:c:d", "..", "../a", "a/..", "a:..", "a..b", ".hidden", "a/.b", "a:.b",
        "-a", "_a", "a b", "a\n", "a\0b", "ä", "İ", "a\\b", "a*", "~a", "$HOME", "a:b.gguf", "x.GGUF", "x.json", "a%2fb",
        String(repeating: "a", count: 81),
    ])
    func isRefused(text: String) {
        #expect { try ModelName(parsing: text) } throws: { ($0 as? ModelStoreError)?.code == .invalidName }
    }

    @Test func messageIsOneLineWithoutControlCharacters() {
        #expect {
            try ModelName(parsing: "a\u{1B}[2J\nb")
        } throws: { error in
            let message = (error as? ModelStoreError)?.message ?? "\n"
            return !message.contains { $0.isNewline || $0 == "\u{1B}" } && message.contains("U+1B")
        }
    }

    @Test func isCodedAsOneString() throws {
        let name = try ModelName(parsing: "acme/helper:v2")
        let json = try JSONEncoder().encode([name])
        #expect(try JSONDecoder().decode([String].self, from: json) == ["acme/helper:v2"])
        #expect(try JSONDecoder().decode([ModelName].self, from: json) == [name])
        #expect(throws: (any Error).self) { try JSONDecoder().decode([ModelName].self, from: Data(#"["../x"]"#.utf8)) }
    }

    @Test func isSortedByParts() throws {
        let names = try ["b:1", "a:2", "x/a:1", "a:1"].map { try ModelName(parsing: $0) }
        #expect(names.sorted().map(\.description) == ["a:1", "a:2", "b:1", "x/a:1"])
    }
}
