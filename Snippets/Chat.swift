// A conversation: turns, streams, edits, files; the prompts that templates make; tools.

import Foundation
import Mullama

let model = try await AsyncModel.load("smollm2:135m")
let file = FileManager.default.temporaryDirectory.appendingPathComponent("mullama-\(UUID()).json")

// snippet.respond
let chat = ChatSession(model, instructions: "Answer in one short sentence.")
print(try await chat.respond(to: "Name a river in Europe.", maxTokens: 32))
print(try await chat.respond(to: "Where does it begin?", maxTokens: 32))
// snippet.end

// snippet.stream
let stream = chat.streamResponse(to: "And where does it end?", maxTokens: 32)
for try await chunk in stream {
    print(chunk.text, terminator: "")
}
if let usage = stream.result?.usage {
    print("\n\(usage.cachedTokens) of \(usage.promptTokens) tokens were computed already")
}
// snippet.end

// snippet.edit
for message in chat.messages {
    print(message.role.rawValue, message.content)
}
let another = try await chat.regenerate(maxTokens: 32).collect()
print("Or:", another.text)
try await chat.removeLastTurn()
// snippet.end

// snippet.save
try await chat.save(to: file)
let later = ChatSession(model)
try await later.load(from: file)
print(later.messages.count, "messages")
// snippet.end

// snippet.template
let prompt = try await model.applyTemplate(
    [ChatMessage(.system, "Be brief."), ChatMessage(.user, "Hello!")],
    variables: ["enable_thinking": false]
)
print(prompt)
print(model.chatTemplate.isFallback ? "The file has no template: this is ChatML." : "By the model's own template.")
// snippet.end

// snippet.tools
let weather: TemplateValue = [
    "type": "function",
    "function": [
        "name": "weather",
        "description": "The weather at a place.",
        "parameters": ["type": "object", "properties": ["place": ["type": "string"]], "required": ["place"]],
    ],
]
let call = ChatToolCall(id: "1", name: "weather", arguments: ["place": "Bern"])
let conversation = [
    ChatMessage(.user, "Do I need an umbrella in Bern?"),
    ChatMessage(.assistant, toolCalls: [call]),
    ChatMessage.toolResult("Rain, 12 degrees.", of: call),
]
print(try await model.applyTemplate(conversation, tools: [weather]))
// snippet.end

try FileManager.default.removeItem(at: file)
