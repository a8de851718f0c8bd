import ChatTemplates
import Mullama

/// What a stream says: what happens in, lines out.
struct AnswerParts<Format: AnswerFormat> {
    private let run: InferenceRun
    private let frame: ChunkFrame
    private let includesUsage: Bool
    private var format: Format
    private var totals = AnswerTotals()
    private var begun: Set<Int> = []
    private var ended = 0

    init(_ run: InferenceRun, _ format: Format, _ identity: AnswerIdentity, _ options: StreamOptions) {
        self.run = run
        self.format = format
        self.includesUsage = options.includesUsage
        self.frame = ChunkFrame(identity, object: Format.chunkObject, includesUsage: options.includesUsage)
    }

    /// Before anything is computed.
    var opening: [String] {
        (0..<self.run.count).compactMap { self.format.opening($0).map(self.frame.event) }
    }

    mutating func lines(_ event: InferenceEvent) -> [String] {
        switch event {
        case .chunk(let chunk, let answer):
            return self.lead(answer) + [self.frame.event(self.format.part(chunk, answer))]
        case .ended(let end, let answer):
            return self.lead(answer) + [self.end(end, answer)]
        case .progress(let progress):
            return [self.frame.event(progress)]
        case .silence:
            return []
        }
    }

    /// What the first line of an answer comes after.
    private mutating func lead(_ answer: Int) -> [String] {
        guard self.begun.insert(answer).inserted else { return [] }
        return self.format.lead(answer, prompt: self.run.promptLogprobs(of: answer)).map { [self.frame.event($0)] } ?? []
    }

    private mutating func end(_ end: InferenceEnd, _ answer: Int) -> String {
        self.totals.add(end.usage, end.timings, prompt: self.run.prompt(of: answer))
        self.ended += 1
        let ending = self.format.ending(end.reason, answer)
        guard self.ended == self.run.count else { return self.frame.event(ending) }
        return self.frame.event([ending], further: ["timings": self.totals.timings(load: self.run.lease.loadTime)])
    }

    /// After all answers.
    var closing: [String] {
        (self.includesUsage ? [self.frame.event([], further: ["usage": self.totals.usage])] : []) + ["[DONE]"]
    }
}
