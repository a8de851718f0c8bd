// A model, a context, an answer; a stream; what an answer took; a conversation; a text between two others; errors.

// snippet.answer
import Mullama

let model = try await AsyncModel.load("smollm2:135m")
let context = AsyncContext(model, ContextParams(contextSize: 2048))

let text = try await context.generate("The capital of France is", maxTokens: 8)
print(text)
// snippet.end

// snippet.stream
for try await chunk in context.stream("Once upon a time", maxTokens: 24) {
    print(chunk.text, terminator: "")
}
// snippet.end

// snippet.collect
let generation = try await context.stream("Once upon a time", maxTokens: 24, options: .greedy).collect()
print(generation.text)
print(generation.finishReason, generation.usage.completionTokens, generation.timings.timeToFirstToken)
// snippet.end

// snippet.chat
let prompt = try await model.applyTemplate([
    ChatMessage(.system, "Answer in one sentence."),
    ChatMessage(.user, "Why is the sky blue?"),
])
for try await chunk in context.stream(rendered: prompt, maxTokens: 32) {
    print(chunk.text, terminator: "")
}
// snippet.end

// snippet.infill
if model.supportsInfill {
    print(try await context.stream(infillBetween: "func add(a: Int, b: Int) -> Int {\n", and: "\n}\n", maxTokens: 64).collect().text)
}
// snippet.end

// snippet.errors
do {
    _ = try await context.generate(String(repeating: "too long ", count: 4000))
} catch let error as MullamaError where error.code == .contextWindowExceeded {
    print(error.message)
}
// snippet.end
