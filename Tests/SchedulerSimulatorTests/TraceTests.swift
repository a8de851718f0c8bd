import Foundation
import InferenceCore
import SchedulerSimulator
import Testing

@Suite("Traces")
struct TraceTests {
    private func decode(_ line: String) throws -> TraceEntry {
        try JSONDecoder().decode(TraceEntry.self, from: Data(line.utf8))
    }

    @Test("a line that says the least")
    func least() throws {
        let entry = try self.decode(#"{"at": 1.5, "context": 3, "prompt": [[1, 500], [7, 20]], "answer": 30}"#)
        #expect(entry.arrival == .milliseconds(1_500) && entry.context == 3 && entry.promptTokens == 520)
        #expect(entry.answerTokens == 30 && entry.maxTokens == 30 && entry.contextSize == 4_096 && entry.priority == .normal)
        #expect(entry.deadline == nil && entry.cancel == nil && entry.pause == nil && !entry.isStrict && entry.result == nil)
    }

    @Test("what is written is read back", arguments: TraceGenerator.allCases)
    func roundTrip(generator: TraceGenerator) throws {
        for var entry in generator.trace(seed: 1, rate: 1, duration: .seconds(60)).entries {
            entry.deadline = .seconds(4)
            entry.cancel = .milliseconds(2_500)
            entry.isStrict = true
            entry.group = "g"
            entry.result = .init(reason: .stop, cachedTokens: 3, firstToken: 0.25, end: 1)
            // Times are written to the microsecond.
            entry.arrival = .microseconds(Int64(entry.arrival / .microseconds(1)))
            entry.pause = entry.pause.map { .microseconds(Int64($0 / .microseconds(1))) }
            let read = try JSONDecoder().decode(TraceEntry.self, from: JSONEncoder().encode(entry))
            #expect(abs((read.arrival - entry.arrival).seconds) < 1e-9)
            var same = read
            same.arrival = entry.arrival
            same.pause = entry.pause
            #expect(same == entry)
        }
    }

    @Test(
        "what is wrong is refused",
        arguments: [
            #"{"context": 3, "prompt": [[1, 5]], "answer": 30}"#,
            #"{"at": -1, "context": 3, "prompt": [[1, 5]], "answer": 30}"#,
            #"{"at": 1e300, "context": 3, "prompt": [[1, 5]], "answer": 30}"#,
            #"{"at": 0, "context": 3, "prompt": [], "answer": 30}"#,
            #"{"at": 0, "context": 3, "prompt": [[1, 0]], "answer": 30}"#,
            #"{"at": 0, "context": 3, "prompt": [[1, 5, 2]], "answer": 30}"#,
            #"{"at": 0, "context": 3, "prompt": [[1, 9223372036854775807], [2, 9223372036854775807]], "answer": 30}"#,
            #"{"at": 0, "context": 3, "prompt": [[1, 5]], "answer": -1}"#,
            #"{"at": 0, "context": 3, "prompt": [[1, 5]], "answer": 1, "maxTokens": 0}"#,
            #"{"at": 0, "context": 3, "prompt": [[1, 5]], "answer": 1, "priority": "urgent"}"#,
        ]
    )
    func refused(line: String) {
        #expect(throws: DecodingError.self) { try self.decode(line) }
    }

    @Test("about as many as the rate asks for, none after the end", arguments: TraceGenerator.allCases)
    func rate(generator: TraceGenerator) {
        let entries = generator.trace(seed: 6, rate: 2, duration: .seconds(2_000)).entries
        #expect((3_400...4_600).contains(entries.count), "\(entries.count)")
        #expect(entries.allSatisfy { $0.arrival < .seconds(2_000) })
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
    }

    @Test("a turn comes after the answer to the one before and the pause, and not before its time")
    func pause() {
        let first = TraceEntry.distinct(1, answer: 10)
        var second = TraceEntry.distinct(1, answer: 1)
        second.pause = .seconds(100)
        second.group = "second"
        var third = TraceEntry.distinct(1, at: .seconds(500), answer: 1)
        third.pause = .seconds(1)
        let two = Simulation(Trace([first, second]), on: .cpu2, limits: .library).run()
        let three = Simulation(Trace([first, second, third]), on: .cpu2, limits: .library).run()
        #expect((100.0..<103).contains(two.duration))
        #expect(two["second"].map { $0.firstToken.max < .seconds(1) } ?? false, "the pause is not waiting")
        #expect((500.0..<502).contains(three.duration))
    }
}
