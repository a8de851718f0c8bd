// A computed prefix on its way to another run of the program.

import Foundation
import Mullama

let model = try await AsyncModel.load("smollm2:135m")
let file = FileManager.default.temporaryDirectory.appendingPathComponent("mullama-\(UUID()).context")

// snippet.save
let preamble = String(repeating: "You know all about rivers and answer briefly. ", count: 6)
let context = AsyncContext(model)
_ = try await context.generate(preamble + "What is a delta?", maxTokens: 8)
try await context.save(to: file)
// snippet.end

await context.clear()

// snippet.restore
let later = AsyncContext(model)
do {
    try await later.restore(from: file)
} catch let error as MullamaError where error.code == .stateMismatch {
    print("Starting cold:", error.message)
}
let answer = try await later.stream(preamble + "What is a spring?", maxTokens: 8).collect()
print("\(answer.usage.cachedTokens) of \(answer.usage.promptTokens) tokens were computed already")
// snippet.end

// snippet.clear
await later.clear()
// snippet.end

// snippet.prewarm
let kept = try await model.prewarm(preamble, as: "rivers")
print("\(kept) tokens are kept for every prompt that begins like this")
// Whatever ran in between:
let ready = try await AsyncContext(model).stream(preamble + "What is a lake?", maxTokens: 8).collect()
print("\(ready.usage.cachedTokens) of \(ready.usage.promptTokens) tokens were there")
await model.unpin("rivers")
// snippet.end

// snippet.strict
let apart = AsyncContext(model, ContextParams(isolation: .strict))
// snippet.end
_ = try await apart.generate(preamble + "What is a well?", maxTokens: 8)

try FileManager.default.removeItem(at: file)
