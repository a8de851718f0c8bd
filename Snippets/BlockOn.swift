// A synchronous program, without a line of `async` around it, that calls what is asynchronous.

// snippet.hide
// Run by a test, as nothing but a program's own main thread shows what blockOn does there:
//     BlockOn [timer | nested]
import Foundation
// snippet.show
import Mullama

let mode = CommandLine.arguments.dropFirst().first

// Belongs to the main actor, as all variables of a main program do.
var steps: [String] = []

let runtime = try MullamaRuntime.builder().workerThreads(2).build()

let sum = try runtime.blockOn {
    // On the runtime's threads, while the main thread serves the main actor.
    await MainActor.run { steps.append("started") }
    try await Task.sleep(for: .milliseconds(10))
    await MainActor.run { steps.append("slept") }
    return await withTaskGroup(of: Int.self) { group in
        for number in 1...10 { group.addTask { number } }
        return await group.reduce(0, +)
    }
}
print(steps.joined(separator: ", ") + ": \(sum)")

// snippet.hide
/// In a timer of the run loop, that the outer blockOn runs, the main actor is served as well.
func runInTimer() throws {
    let (stream, end) = AsyncStream.makeStream(of: Int.self)
    let timer = Timer(timeInterval: 0.001, repeats: false) { _ in
        do { end.yield(try runtime.blockOn { await MainActor.run { 7 } }) } catch { print(error) }
        end.finish()
    }
    RunLoop.main.add(timer, forMode: .default)
    let numbers = try runtime.blockOn {
        var numbers: [Int] = []
        for await number in stream { numbers.append(number) }
        return await MainActor.run { numbers }
    }
    print("in a timer: \(numbers)")
}

/// In a block of the main queue it is not, and blockOn traps instead of waiting for ever.
func runInMainQueue() throws {
    DispatchQueue.main.async {
        do { print("never: \(try runtime.blockOn { await MainActor.run { 7 } })") } catch { print(error) }
    }
    try runtime.blockOn { await MainActor.run {} }
}

switch mode {
case "timer": try runInTimer()
case "nested": try runInMainQueue()
default: break
}
// snippet.show
