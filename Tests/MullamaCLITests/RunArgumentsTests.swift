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

    @Test func `a model without a prompt at a terminal is refused with the model's name`() {
        let error = #expect(throws: ValidationError.self) { try self.decide("a.gguf", terminal: true) }
        #expect(error?.message.contains("a.gguf") == true)
    }

    @Test func `no argument reads a pipe and refuses a terminal`() throws {
        #expect(try self.decide().prompt == .standardInput)
        #expect(throws: ValidationError.self) { try self.decide(terminal: true) }
    }

    @Test func `a dash reads standard input, also from a terminal`() throws {
        for terminal in [true, false] {
            #expect(try self.decide("-", terminal: terminal) == self.decide())
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
