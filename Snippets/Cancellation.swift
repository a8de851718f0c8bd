// The ways to end a generation early.

import Mullama

let model = try await AsyncModel.load("smollm2:135m")
let context = AsyncContext(model)

// snippet.task
let task = Task {
    try await context.generate("A long essay about rivers:", maxTokens: 500)
}
task.cancel()

do {
    print(try await task.value)
} catch is CancellationError {
    print("The generation was cancelled")
}
// snippet.end

// snippet.token
let token = CancellationToken()
let essay = context.stream("A long essay about seas:", maxTokens: 500, options: .init(cancellation: token))
token.cancel()
// snippet.end

// snippet.stream
for try await chunk in context.stream("A list of words:", maxTokens: 500) {
    print(chunk.text, terminator: "")
    if chunk.text.contains("\n") { break }
}
// snippet.end

// snippet.deadline
do {
    let options = GenerationOptions(deadline: .milliseconds(500))
    print(try await context.generate("A long essay about lakes:", maxTokens: 500, options: options))
} catch let error as MullamaError where error.code == .timedOut {
    print("Out of time after:", error.partialText ?? "nothing")
}
// snippet.end

// snippet.all
let streams = ["One", "Two", "Three"].map { context.stream($0, maxTokens: 500) }
context.cancelAll()
// snippet.end

// snippet.close
await model.close(grace: .seconds(1))
let latency = model.metrics.cancelLatency
print("\(latency.count) cancels, 99 % of them done within \(latency.p99)")
// snippet.end
