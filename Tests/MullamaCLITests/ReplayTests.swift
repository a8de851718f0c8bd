import ArgumentParser
import InferenceCore
import Mullama
import SchedulerSimulator
import Testing

@testable import MullamaCLI

@Suite("Replay")
struct ReplayTests {
    @Test(
        "a malformed line is named with its number and what is wrong",
        arguments: [
            ("hello", "it is no JSON"),
            (#"{"at": 0, "context": 1, "prompt": [[1, 5]]}"#, "answer is missing"),
            (#"{"at": "now", "context": 1, "prompt": [[1, 5]], "answer": 1}"#, "at must be a number"),
            (#"{"at": 0, "context": 1, "prompt": 5, "answer": 1}"#, "prompt must be an array"),
            (#"{"at": 0, "context": 1, "prompt": [[1, 5], [1, "x"]], "answer": 1}"#, "prompt[1][1] must be a whole number"),
            (#"{"at": 0, "context": 1, "prompt": [[1, 5]], "answer": 1, "priority": "high"}"#, "batch, normal, interactive"),
            (#"{"at": 0, "context": 1, "prompt": [[1, 5]], "answer": 1, "deadline": -2}"#, "deadline: must be 0 to"),
        ]
    )
    func malformed(line: String, words: String) throws {
        let error = try #require(throws: MullamaError.self) {
            try TraceFile.parse(TraceFile.example + "\n\n" + line + "\n", called: "t.jsonl")
        }
        #expect(error.code == .invalidRequest)
        #expect(error.message.hasPrefix("t.jsonl, line 3: "), "\(error.message)")
        #expect(error.message.contains(words) && error.message.contains(TraceFile.example), "\(error.message)")
    }

    @Test("a trace without requests is refused")
    func empty() throws {
        let error = try #require(throws: MullamaError.self) { try TraceFile.parse("\n \n", called: "standard input") }
        #expect(error.message.hasPrefix("standard input has no requests"))
    }

    @Test("lines that were written are read as the same trace")
    func roundTrip() throws {
        let trace = TraceGenerator.agents.trace(seed: 1, rate: 1, duration: .seconds(100))
        let text = try trace.entries.map(TraceFile.line).joined()
        let read = try TraceFile.parse(text, called: "")
        #expect(read.entries.map(\.prompt) == trace.entries.map(\.prompt))
        #expect(try read.entries.map(TraceFile.line).joined() == text)
    }

    @Test("the table says what happened")
    func table() {
        let trace = TraceGenerator.bursts.trace(seed: 1, rate: 1, duration: .seconds(60))
        let report = Simulation(trace, on: .cpu2, limits: SchedulerLimits(parallel: 16)).run()
        let text = SimulationTable.text(report)
        #expect(text.contains("normal") && text.contains("first token p50") && text.contains("\(report.work.copies) copied"), "\(text)")
        #expect(!text.contains("never ended"))
    }

    @Test("arguments that make no sense are refused with what would")
    func arguments() throws {
        for words in [
            [], ["t.jsonl", "--generate", "poisson"], ["--generate", "poisson", "--rate", "0"], ["t.jsonl", "--parallel", "0"],
            ["t.jsonl", "--max-stall", "nan"], ["t.jsonl", "--prefill-share", "0"],
            ["--generate", "poisson", "--rate", "1000", "--duration", "1000000"],
        ] {
            #expect(throws: (any Error).self, "\(words)") { try ReplayCommand.parse(words) }
        }
        #expect(try ReplayCommand.parse(["t.jsonl", "--profile", "gpu-like", "--cache-cells", "4096"]).limits.profile == .gpuLike)
    }
}
