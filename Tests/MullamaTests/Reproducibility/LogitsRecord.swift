import InferenceCore
import Synchronization

@testable import Mullama

/// The logits that each call's tokens were chosen from, as a checksum for each token.
final class LogitsRecord: Sendable {
    struct Call: Hashable {
        var prompt: [Token]
        var seed: UInt64
    }

    private let runs = Mutex<[Call: [[Int]]]>([:])

    /// The runs of a call, each with a checksum for each token that it came to.
    var all: [Call: [[Int]]] { self.runs.withLock { $0 } }

    fileprivate func begin(_ call: Call) -> Int {
        self.runs.withLock { runs in
            runs[call, default: []].append([])
            return runs[call, default: []].count - 1
        }
    }

    fileprivate func add(_ checksum: Int, to call: Call, _ run: Int) {
        self.runs.withLock { $0[call]?[run].append(checksum) }
    }
}

/// A vocabulary whose samplers note the logits that they see.
struct RecordingVocabulary: TextModel {
    let vocabulary: Vocabulary
    let record: LogitsRecord

    var size: Int { self.vocabulary.size }

    func tokenize(_ text: String, addSpecial: Bool, parseSpecial: Bool) throws(MullamaError) -> [Token] {
        try self.vocabulary.tokenize(text, addSpecial: addSpecial, parseSpecial: parseSpecial)
    }

    func detokenize(_ tokens: [Token]) throws(MullamaError) -> String {
        try self.vocabulary.detokenize(tokens)
    }

    func makeSampler(_ options: GenerationOptions, seed: UInt64, prompt: [Token]) throws(MullamaError) -> any TokenSampler {
        let call = LogitsRecord.Call(prompt: prompt, seed: seed)
        let sampler = try self.vocabulary.makeSampler(options, seed: seed, prompt: prompt)
        return RecordingSampler(sampler: sampler, record: self.record, call: call, run: self.record.begin(call))
    }
}

private final class RecordingSampler: TokenSampler {
    private let sampler: any TokenSampler
    private let record: LogitsRecord
    private let call: LogitsRecord.Call
    private let run: Int

    var logprobs: Int? { self.sampler.logprobs }

    init(sampler: any TokenSampler, record: LogitsRecord, call: LogitsRecord.Call, run: Int) {
        self.sampler = sampler
        self.record = record
        self.call = call
        self.run = run
    }

    func sample(_ logits: UnsafeMutableBufferPointer<Float>, candidates: CandidateBuffer) throws(RequestFault) -> Token {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(logits))
        self.record.add(hasher.finalize(), to: self.call, self.run)
        return try self.sampler.sample(logits, candidates: candidates)
    }
}
