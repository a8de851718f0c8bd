// Threads of one's own, for a program that is not asynchronous.

// snippet.block
import Mullama

let runtime = try MullamaRuntime.builder().workerThreads(2).threadName("inference").build()

let answer = try runtime.blockOn {
    let model = try await AsyncModel.load("smollm2:135m")
    return try await model.generate("The capital of France is", maxTokens: 8)
}
print(answer)
// snippet.end

try runtime.blockOn {
    let model = try await AsyncModel.load("smollm2:135m")

    // snippet.spawn
    let task = runtime.spawn(name: "title") {
        try await model.generate("A title for a story:", maxTokens: 12)
    }
    print(runtime.tasks.map { $0.name ?? "unnamed" }, runtime.metrics.tasksRunning)
    print(try await task.value)
    // snippet.end

    // snippet.preference
    await withTaskExecutorPreference(runtime) {
        // Runs on the runtime's threads, and comes back to them after every await.
        let pair = try? await model.generateAll(["One,", "Two,"], maxTokens: 8)
        print(pair ?? [])
    }
    // snippet.end

    // snippet.shutdown
    await runtime.shutdown(grace: .seconds(5))
    // snippet.end
}
