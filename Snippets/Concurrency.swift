// Many prompts at once.

import Mullama

let model = try await AsyncModel.load("smollm2:135m")

// snippet.all
let prompts = ["Rivers are", "Mountains are", "Deserts are"]

let answers = try await model.generateAll(prompts, maxTokens: 16)
for (prompt, answer) in zip(prompts, answers) {
    print(prompt, answer)
}
// snippet.end

// snippet.each
for await (index, result) in model.generateEach(prompts, maxTokens: 16) {
    switch result {
    case .success(let generation): print(prompts[index], generation.text)
    case .failure(let error): print(prompts[index], "failed:", error)
    }
}
// snippet.end

// snippet.order
let context = AsyncContext(model)
let first = context.stream("One, two,", maxTokens: 8)
let second = context.stream("Three, four,", maxTokens: 8)
print(try await first.collect().text, try await second.collect().text)
// snippet.end

// snippet.priority
let summary = AsyncContext(model).stream("Summarize:", maxTokens: 16, options: .init(priority: .batch))
let reply = AsyncContext(model).stream("Hello!", maxTokens: 16, options: .init(priority: .interactive))
for generation in model.generations {
    print(generation.id, generation.priority, generation.phase)
}
// snippet.end
print(try await reply.collect().text, try await summary.collect().text)
