import ArgumentParser
import Testing

@testable import MullamaCLI

struct RunArgumentsTests {
    private func decide(_ words: String..., lines: Bool = false, terminal: Bool = false) throws -> RunArguments {
        try RunArguments(words, readsLines: lines, inputIsTerminal: terminal) { $0.hasSuffix(".gguf") }
    }

    @Test func `one argument is the prompt, whatever standard input is`() throws {
        for terminal in [true, false] {
            let arguments = try self.decide("Hello", terminal: terminal)
            #expect(arguments.model == RunArguments.defaultModel)
            #expect(arguments.prompt == .text("Hello"))
        }
    }

    @Test func `one argument that names a model takes the prompt from a pipe`() throws {
        let arguments = try self.decide("a.gguf")
        #expect(arguments.model == "a.gguf")
        #expect(arguments.prompt == .standardInput)
    }

    @Test func `without a prompt, a terminal is for a chat`() throws {
        let named = try self.decide("a.gguf", terminal: true)
        #expect(named.model == "a.gguf")
        #expect(named.prompt == .chat)
        #expect(try self.decide(terminal: true).prompt == .chat)
        #expect(try self.decide().prompt == .standardInput)
    }

    @Test func `a dash reads standard input, also from a terminal`() throws {
        for terminal in [true, false] {
            #expect(try self.decide("-", terminal: terminal).prompt == .standardInput)
            let named = try self.decide("some:model", "-", terminal: terminal)
            #expect(named.model == "some:model")
            #expect(named.prompt == .standardInput)
        }
    }

    @Test func `of several arguments the first is the model, the others are the prompt`() throws {
        let arguments = try self.decide("some:model", "Why", "is", "it?")
        #expect(arguments.model == "some:model")
        #expect(arguments.prompt == .text("Why is it?"))
        #expect(try self.decide("some:model", "").prompt == .text(""))
    }

    @Test func `with lines the only argument is the model`() throws {
        #expect(try self.decide("any word", lines: true).model == "any word")
        #expect(try self.decide(lines: true, terminal: true).model == RunArguments.defaultModel)
        #expect(try self.decide("-", lines: true).model == RunArguments.defaultModel)
        #expect(try self.decide("some:model", "-", lines: true).prompt == .standardInput)
        #expect(throws: ValidationError.self) { try self.decide("some:model", "prompt", lines: true) }
    }

    @Test(arguments: ["a.gguf", "./x", "../x", "/models/x", "~/x", "file:///x", "some:tag", "My Model.GGUF"])
    func `what can only be a model`(_ text: String) {
        #expect(StoreAccess.names(text))
    }

    @Test(arguments: ["Hello", "Hello there", "Translate: yes", "Translate:", "http://a.example/b", "/help me", "", "-", "ünïcode"])
    func `what is a prompt`(_ text: String) {
        #expect(!StoreAccess.names(text))
    }
}
