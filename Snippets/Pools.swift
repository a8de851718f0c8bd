// A bounded number of contexts for any number of callers.

import Mullama

let model = try await AsyncModel.load("smollm2:135m")

// snippet.make
let pool = try await ModelPool(
    model,
    size: 2,
    ContextParams(contextSize: 1024),
    pool: PoolParams(waitLimit: .seconds(30), queueLimit: 100)
)
// snippet.end

do {
    // snippet.generate
    async let hello = pool.generate("Hello,", maxTokens: 8)
    async let world = pool.generate("World,", maxTokens: 8)
    print(try await hello, try await world)
    // snippet.end
}

// snippet.lend
let story = try await pool.withContext { context in
    let beginning = try await context.generate("Once upon a time", maxTokens: 16)
    return beginning + (try await context.generate("Once upon a time" + beginning, maxTokens: 16))
}
// snippet.end
print(story)

// snippet.resize
try await pool.resize(to: 3)
let stats = pool.stats
print("\(stats.inUse) of \(stats.size) in use, \(stats.waiting) waiting")

await pool.close()
// snippet.end

// snippet.size
let size = ModelPool.recommendedSize(for: model, ContextParams(contextSize: 1024))
// snippet.end
print(size)
