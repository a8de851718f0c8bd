import ChatTemplates
import Mullama

/// Conversations as JSON, and what a chat template makes of them.
struct TemplateRequest {
    /// What is written for a conversation.
    enum Reply: Encodable, Equatable {
        case text(String)
        case error(String)

        private enum CodingKeys: String, CodingKey {
            case text
            case error
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .text(let text): try container.encode(text, forKey: .text)
            case .error(let message): try container.encode(message, forKey: .error)
            }
        }
    }

    let templates: ModelTemplates
    /// Which of them; nil for the usual one.
    var name: String?
    let date: TemplateDate

    /// Renders one line of JSON.
    ///
    /// - Parameter number: The line's, counted from 1.
    /// - Returns: The text. What the template itself refuses comes as the error that it gives, and nothing more.
    func reply(to line: [UInt8], number: Int) -> Reply {
        let prompt: ChatPrompt
        do throws(TemplateError) {
            prompt = try self.prompt(try TemplateValue(json: line))
        } catch {
            let column = error.column > 0 ? ", column \(error.column)" : ""
            return .error("line \(number)\(column): \(error.message)")
        }
        do throws(TemplateError) {
            return .text(try self.templates.text(prompt))
        } catch {
            guard error.code != .raised, error.line > 0 else { return .error(error.message) }
            return .error("\(error.message) (line \(error.line), column \(error.column) of the template)")
        }
    }

    private func prompt(_ value: TemplateValue) throws(TemplateError) -> ChatPrompt {
        guard case .dictionary(let fields) = value else { throw TemplateError(.invalidInput, "this is no JSON object") }
        guard let messages = fields["messages"] else {
            throw TemplateError(.invalidInput, "the object has no messages: give {\"messages\": [{\"role\": \"user\", \"content\": …}]}")
        }
        guard case .list = messages else { throw TemplateError(.invalidInput, "messages must be a list") }
        var prompt = ChatPrompt(messages: messages)
        prompt.template = self.name
        prompt.date = self.date
        switch fields["tools"] ?? .none {
        case .none: break
        case .list(let tools): prompt.tools = .list(tools)
        default: throw TemplateError(.invalidInput, "tools must be a list or null")
        }
        switch fields["add_generation_prompt"] ?? .none {
        case .none: break
        case .boolean(let adds): prompt.addGenerationPrompt = adds
        default: throw TemplateError(.invalidInput, "add_generation_prompt must be true or false")
        }
        switch fields["variables"] ?? .none {
        case .none: break
        case .dictionary(let variables): prompt.variables = variables
        default: throw TemplateError(.invalidInput, "variables must be an object")
        }
        return prompt
    }
}
