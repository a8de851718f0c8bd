import Foundation
import Testing

extension ProcessTests {
    struct ApplyTemplateTests {
        private static let hello = #"{"messages": [{"role": "user", "content": "Hi"}]}"#

        @Test func `each line gets its line, and one that came to nothing is told by the status`() async throws {
            let folder = try TemporaryFolder()
            let template = try folder.file("t.jinja", "{{ strftime_now('%Y') }} {{ messages[0].content }}\n".utf8)
            let good = try await MullamaProcess.run(
                "apply-template",
                "--template",
                template,
                "--date",
                "2026-01-15T12:00:00",
                input: Data((Self.hello + "\n\n" + Self.hello).utf8)
            )
            #expect(good.status == 0)
            #expect(good.output == "{\"text\":\"2026 Hi\"}\n{\"text\":\"2026 Hi\"}\n")
            let bad = try await MullamaProcess.run(
                "apply-template",
                "--template",
                template,
                "--date",
                "2026-01-15",
                input: Data("{\n\(Self.hello)\n".utf8)
            )
            #expect(bad.status == 65)
            #expect(bad.errors.isEmpty)
            #expect(bad.output.hasPrefix("{\"error\":\"line 1"))
            #expect(bad.output.hasSuffix("\n{\"text\":\"2026 Hi\"}\n"))
        }

        @Test(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
        func `a model brings its template and its tokens`() async throws {
            let result = try await MullamaProcess.run("apply-template", "--model", MullamaProcess.model, input: Data(Self.hello.utf8))
            #expect(result.status == 0)
            #expect(result.output.hasSuffix(#"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"}"# + "\n"))
            let named = try await MullamaProcess.run("apply-template", "--named", "other", input: Data(Self.hello.utf8))
            #expect(named.status == 65)
            #expect(named.output.contains("no chat template other"))
        }

        @Test func `usage is checked before anything is read`() async throws {
            let both = try await MullamaProcess.run("apply-template", "--model", "a", "--template", "b")
            #expect(both.status == 64)
            let date = try await MullamaProcess.run("apply-template", "--template", "/dev/null", "--date", "yesterday")
            #expect(date.status == 64)
            #expect(date.errors.contains("2026-01-15T12:00:00"))
        }
    }
}
