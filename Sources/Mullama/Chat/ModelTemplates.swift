package import ChatTemplates
package import ModelStore
import Synchronization

/// The chat templates of a model, each parsed when it is first used.
package final class ModelTemplates: Sendable {
    private static let key = "tokenizer.chat_template"

    /// The usual one first.
    package let all: [ModelChatTemplate]
    /// `bos_token` and the like.
    private let variables: TemplateDictionary
    private let parsed = Mutex<[String?: Result<ChatTemplate, TemplateError>]>([:])

    /// - Parameters:
    ///   - usual: The text of the template that is used where none is named; nil for ChatML.
    ///   - variables: What the model brings.
    package init(_ usual: String?, named: [(name: String, source: String)] = [], variables: TemplateDictionary = [:]) {
        let first = usual.map { ModelChatTemplate(name: nil, source: $0, isFallback: false) } ?? .chatML
        self.all = [first] + named.map { ModelChatTemplate(name: $0.name, source: $0.source, isFallback: false) }
        self.variables = variables
    }

    /// The templates of a file.
    ///
    /// - Parameter text: The text of a token.
    package convenience init(_ header: GGUFHeader, text: (Int) -> String?) {
        let prefix = Self.key + "."
        var named: [(name: String, source: String)] = []
        // `tokenizer.chat_templates` lists the names; the keys are there without it, too, and in the file's order.
        for key in header.keys where key.hasPrefix(prefix) {
            if let source = header.string(key) { named.append((String(key.dropFirst(prefix.count)), source)) }
        }
        var variables = TemplateDictionary()
        for (name, id) in [("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"), ("pad_token", "padding")] {
            let token = header.int("tokenizer.ggml.\(id)_token_id").flatMap(text)
            variables[name] = token.map { .string($0) }
        }
        self.init(header.chatTemplate, named: named, variables: variables)
    }

    /// The text that a model is to go on from.
    ///
    /// - Throws: `TemplateError`; for a name that there is not with the code `invalidInput`.
    package func text(_ prompt: ChatPrompt) throws(TemplateError) -> String {
        var variables = self.variables
        variables["messages"] = prompt.messages
        variables["tools"] = prompt.tools
        variables["documents"] = TemplateValue.none
        variables["add_generation_prompt"] = .boolean(prompt.addGenerationPrompt)
        for (name, value) in prompt.variables { variables[name] = value }
        return try self.template(prompt).render(variables, now: prompt.date)
    }

    /// The same for callers who know nothing of templates.
    ///
    /// - Throws: ``MullamaError`` with `invalidRequest` if the template refuses the conversation, or there is none of the name;
    ///   `unsupportedModel` with line and column if the template itself cannot be run.
    func render(_ prompt: ChatPrompt) throws(MullamaError) -> String {
        do throws(TemplateError) {
            return try self.text(prompt)
        } catch {
            switch error.code {
            case .raised:
                throw MullamaError(.invalidRequest, "the model's chat template refuses the conversation: \(error.message)")
            case .invalidInput:
                throw MullamaError(.invalidRequest, error.message)
            default:
                let place = error.line > 0 ? " in line \(error.line), column \(error.column)" : ""
                throw MullamaError(
                    .unsupportedModel,
                    "the model's chat template cannot be run on this conversation: \(error.message)\(place); "
                        + "name another of its templates, or render the prompt yourself"
                )
            }
        }
    }

    /// As transformers chooses: the one of that name, the one for tools if there are tools, else the usual one.
    private func template(_ prompt: ChatPrompt) throws(TemplateError) -> ChatTemplate {
        let template: ModelChatTemplate
        if let name = prompt.template, name != "default" {
            guard let named = self.all.first(where: { $0.name == name }) else {
                let names = self.all.compactMap(\.name)
                let known = names.isEmpty ? "it has none with a name" : "it has \(names.joined(separator: ", "))"
                throw TemplateError(.invalidInput, "the model has no chat template \(name): \(known)")
            }
            template = named
        } else {
            let hasTools = if case .list(let tools) = prompt.tools { !tools.isEmpty } else { false }
            template = self.all.first { hasTools && prompt.template == nil && $0.name == "tool_use" } ?? self.all[0]
        }
        return try self.parsed.withLock { parsed in
            if let result = parsed[template.name] { return result }
            let result = Result { () throws(TemplateError) in try ChatTemplate(template.source) }
            parsed[template.name] = result
            return result
        }.get()
    }
}
