// How likely the model finds the tokens of an answer, and those of a text.

import Foundation
import Mullama

let model = try await AsyncModel.load("smollm2:135m")
let context = AsyncContext(model)

// snippet.answer
let options = GenerationOptions(temperature: 0, logprobs: 3)
let answer = try await context.stream("The capital of France is", maxTokens: 4, options: options).collect()
for entry in answer.logprobs {
    let others = entry.top.map { String(decoding: $0.bytes, as: UTF8.self) }
    print(String(decoding: entry.bytes, as: UTF8.self), exp(entry.logprob), others)
}
// snippet.end

// snippet.text
let scoring = GenerationOptions(temperature: 0, promptLogprobs: true)
for text in ["The sky is blue.", "The sky is a spoon."] {
    let scored = try await context.stream(text, maxTokens: 0, options: scoring).collect()
    print(text, scored.promptLogprobs.reduce(0) { $0 + ($1?.logprob ?? 0) })
}
// snippet.end

// snippet.accepted
let stream = context.stream("Once upon a time", maxTokens: 8)
print("a prompt of", try await stream.accepted(), "tokens")
for try await chunk in stream { print(chunk.text, terminator: "") }
// snippet.end
