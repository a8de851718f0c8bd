// The samples of README.md.

// snippet.first
import Mullama

let model = try await AsyncModel.load("smollm2:135m")
let context = AsyncContext(model)

for try await chunk in context.stream("Once upon a time", maxTokens: 40) {
    print(chunk.text, terminator: "")
}
// snippet.end

let prompts = ["The sky is blue because", "Grass is green because"]

do {
    // snippet.together
    async let summary = context.generate("Summarize: …", maxTokens: 24)
    async let title = AsyncContext(model).generate("A title for: …", maxTokens: 12)
    print(try await title, try await summary)

    let answers = try await model.generateAll(prompts, maxTokens: 16, options: .greedy)
    // snippet.end
    print(answers)
}
