// Generations as parts of structured concurrency.

import Mullama

let model = try await AsyncModel.load("smollm2:135m")

do {
    // snippet.pair
    async let rust = AsyncContext(model).generate("Rust is", maxTokens: 16)
    async let swift = AsyncContext(model).generate("Swift is", maxTokens: 16)
    print(try await rust, try await swift)
    // snippet.end
}

// snippet.group
let lengths = try await withThrowingTaskGroup(of: Int.self) { group in
    for topic in ["rivers", "mountains", "deserts"] {
        group.addTask {
            try await AsyncContext(model).generate("A fact about \(topic):", maxTokens: 16).count
        }
    }
    var lengths: [Int] = []
    for try await length in group { lengths.append(length) }
    return lengths
}
// snippet.end
print(lengths)

// snippet.timeout
let context = AsyncContext(model)

do {
    let essay = try await withTimeout(.seconds(2)) {
        try await context.generate("An essay about time:", maxTokens: 40)
    }
    print("An answer:", essay)
} catch let error as MullamaError where error.code == .timedOut {
    print("Out of time after:", error.partialText ?? "nothing")
} catch let error as MullamaError {
    print("The generation failed:", error.message)
}

print(try await context.generate("The same context goes on:", maxTokens: 8))
// snippet.end
