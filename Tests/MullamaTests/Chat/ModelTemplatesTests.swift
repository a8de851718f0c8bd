import ChatTemplates
import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("A model's chat templates", .timeLimit(.minutes(1)))
struct ModelTemplatesTests {
    private static func prompt(_ template: String? = nil, tools: TemplateValue = .none) -> ChatPrompt {
        var prompt = ChatPrompt([ChatMessage(.user, "hi")])
        prompt.template = template
        prompt.tools = tools
        return prompt
    }

    @Test("the usual one, the one for tools and those with names, as transformers chooses")
    func choice() throws {
        let templates = ModelTemplates("usual", named: [("tool_use", "tools"), ("rag", "rag")])
        #expect(try templates.render(Self.prompt()) == "usual")
        #expect(try templates.render(Self.prompt(tools: [])) == "usual")
        #expect(try templates.render(Self.prompt(tools: [["type": "function"]])) == "tools")
        #expect(try templates.render(Self.prompt("default", tools: [["type": "function"]])) == "usual")
        #expect(try templates.render(Self.prompt("rag")) == "rag")
        let error = #expect(throws: MullamaError.self) { try templates.render(Self.prompt("other")) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("tool_use, rag") == true)
    }

    @Test("tokens of the model, tools and documents are always given, and variables take their place")
    func variables() throws {
        let templates = ModelTemplates(
            "{{ bos_token }}|{{ eos_token }}|{{ tools is none }}|{{ documents is none }}",
            variables: ["bos_token": "<s>", "eos_token": "</s>"]
        )
        #expect(try templates.render(Self.prompt()) == "<s>|</s>|True|True")
        var prompt = Self.prompt()
        prompt.variables = ["bos_token": "B", "documents": []]
        #expect(try templates.render(prompt) == "B|</s>|True|False")
    }

    @Test("a template that is broken is told from a conversation that it refuses")
    func errors() throws {
        let broken = #expect(throws: MullamaError.self) { try ModelTemplates("a\n{% if %}").render(Self.prompt()) }
        #expect(broken?.code == .unsupportedModel)
        #expect(broken?.message.contains("line 2") == true)
        let refusing = #expect(throws: MullamaError.self) {
            try ModelTemplates("{{ raise_exception('no such role') }}").render(Self.prompt())
        }
        #expect(refusing?.code == .invalidRequest)
        #expect(refusing?.message.hasSuffix("no such role") == true)
    }

    @Test("without a template it is ChatML, which is said")
    func fallback() async throws {
        let model = FakeModel().model
        #expect(model.chatTemplate.isFallback)
        #expect(!FakeModel(template: "x").model.chatTemplate.isFallback)
        let messages: [ChatMessage] = [
            .init(.system, "S"), .init(.user, parts: [.init(text: " a"), .init(text: "b ")]), .init(.assistant, "\n"),
        ]
        let start = "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\n ab <|im_end|>\n<|im_start|>assistant\n\n<|im_end|>\n"
        #expect(try await model.applyTemplate(messages) == start + "<|im_start|>assistant\n")
        #expect(try await model.applyTemplate(messages, addGenerationPrompt: false) == start)
        let error = await #expect(throws: MullamaError.self) { try await model.applyTemplate(messages, tools: [["type": "function"]]) }
        #expect(error?.code == .invalidRequest)
        await #expect(throws: MullamaError.self) { try await model.applyTemplate([]) }
    }

    @Test("a rendered prompt begins with the model's first token, once")
    func beginning() throws {
        #expect(try Prompt.rendered("ab").tokens(BeginningText()) == [1, 97, 98])
        #expect(try Prompt.rendered("\u{1}ab").tokens(BeginningText()) == [1, 97, 98])
        #expect(try Prompt.rendered("ab").tokens(ByteText()) == [97, 98])
        let templates = ModelTemplates("{{ bos_token }}{{ messages[0].content }}", variables: ["bos_token": "\u{1}"])
        #expect(try Prompt.chat(Self.prompt(), templates).tokens(BeginningText()) == [1, 104, 105])
    }
}
