import Foundation
import MullamaTestSupport
import Testing

extension ProcessTests {
    /// A person at a terminal.
    @Suite(.enabled(if: MullamaProcess.hasModel, "smollm2:135m is in the store"))
    struct ChatTests {
        private static let interrupt = "\u{3}"

        @Test func `a chat is had, edited, saved and left, and the terminal is as before`() async throws {
            let folder = try TemporaryFolder()
            let file = folder.url.appending(path: "chat.json")
            let chat = try TypedChat(["run", MullamaProcess.model, "--max-tokens", "6", "--temperature", "0"])
            try await chat.see("/help")
            try await chat.see(">>> ")
            #expect(!chat.isRestored)
            chat.type("Say hella\u{7F}o.\r")
            try await chat.see("Say hello.")
            try await chat.see(">>> ")
            chat.type("\u{1B}[200~Two\nrows.\u{1B}[201~\r")
            try await chat.see("rows.")
            try await chat.see(">>> ")
            chat.type("/regenerate\r")
            try await chat.see(">>> ")
            chat.type("/save \(file.path)\r")
            try await chat.see("Saved 4 messages.")
            chat.type("/nonsense\r/clear\r/load \(file.path)\r")
            try await chat.see("there is no command /nonsense")
            try await chat.see("Loaded 4 messages.")
            chat.type("/bye\r")
            #expect(await chat.ending() == .status(0))
            #expect(chat.isRestored)
            let saved = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            let messages = try #require(saved["messages"] as? [[String: Any]])
            #expect(messages.map { $0["role"] as? String } == ["user", "assistant", "user", "assistant"])
            #expect(messages[0]["content"] as? String == "Say hello.")
            #expect(messages[2]["content"] as? String == "Two\nrows.")
        }

        @Test func `an interrupt stops the answer and not the chat`() async throws {
            let folder = try TemporaryFolder()
            let grammar = try folder.file("endless.gbnf", MullamaProcess.endless.utf8)
            let chat = try TypedChat(["run", MullamaProcess.model, "--max-tokens", "4000", "--grammar-file", grammar])
            for _ in 1...2 {
                try await chat.see(">>> ")
                chat.type("a\r")
                try await chat.see("ab ab")
                chat.signal(SIGINT)
                try await chat.see("(stopped")
            }
            try await chat.see(">>> ")
            chat.type("half a line\(Self.interrupt)")
            try await chat.see(">>> ")
            chat.type("\u{4}")
            #expect(await chat.ending() == .status(0))
            #expect(chat.isRestored)
        }

        @Test func `two interrupts at an empty line leave`() async throws {
            let chat = try TypedChat(["run", MullamaProcess.model])
            try await chat.see(">>> ")
            chat.type(Self.interrupt)
            try await chat.see("once more leaves")
            try await chat.see(">>> ")
            chat.type(Self.interrupt)
            #expect(await chat.ending() == .status(0))
            #expect(chat.isRestored)
        }

        @Test(arguments: [true, false])
        func `who ends it from outside gets the terminal back`(isAnswering: Bool) async throws {
            let folder = try TemporaryFolder()
            let grammar = try folder.file("endless.gbnf", MullamaProcess.endless.utf8)
            let chat = try TypedChat(["run", MullamaProcess.model, "--max-tokens", "4000", "--grammar-file", grammar])
            try await chat.see(">>> ")
            if isAnswering {
                chat.type("a\r")
                try await chat.see("ab ab")
            }
            chat.signal(SIGTERM)
            #expect(await chat.ending() == .status(143))
            #expect(chat.isRestored)
        }

        @Test(arguments: [SIGHUP, SIGQUIT])
        func `signals that end it where it stands leave the terminal as it was`(_ number: Int32) async throws {
            let chat = try TypedChat(["run", MullamaProcess.model])
            try await chat.see(">>> ")
            chat.signal(number)
            #expect(await chat.ending() == .signal(number))
            #expect(chat.isRestored)
        }

        @Test(arguments: ["--json", "--raw", "--no-stream"])
        func `options that are for one prompt are refused`(_ option: String) async throws {
            let chat = try TypedChat(["run", MullamaProcess.model, option])
            try await chat.see(option)
            #expect(await chat.ending() == .status(64))
        }
    }
}
