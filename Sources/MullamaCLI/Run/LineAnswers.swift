import Mullama

/// Answers many prompts side by side and prints the answers in the order of the prompts, each when it and those before it are complete.
struct LineAnswers: Sendable {
    let job: AnswerJob
    let prompts: [String]
    /// A file for a trace of the requests.
    var record: String?
    let output = Output.standard

    private typealias Outcome = (index: Int, answer: Answer, error: (any Error)?)

    /// - Throws: ``PromptError`` for the first prompt, in their order, that has an error; the others are cancelled.
    func run() async throws {
        try await self.job.withSource { source in
            guard let record, let model = (source as? LocalModel)?.model else { return try await self.answer(with: source) }
            let recording = try TraceRecording(record, of: model)
            do {
                try await self.answer(with: source)
            } catch {
                // What came of the others is worth having; the first error is what is told.
                try? await recording.end(model)
                throw error
            }
            try await recording.end(model)
        }
    }

    private func answer(with base: any AnswerSource) async throws {
        let source = PatientSource(base: base)
        let start = ContinuousClock.now
        let width = await source.width(self.job)
        var answers: [Answer] = []
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var ready: [Int: Outcome] = [:]
            var begun = 0
            var running = 0
            while answers.count < self.prompts.count {
                while begun < self.prompts.count, running < width {
                    group.addTask { [begun] in
                        let (answer, error) = await source.answer(self.prompts[begun], self.job) { _ in }
                        return (begun, answer, error)
                    }
                    begun += 1
                    running += 1
                }
                guard let outcome = try await group.next() else { break }
                running -= 1
                ready[outcome.index] = outcome
                while let next = ready.removeValue(forKey: answers.count) {
                    if let error = next.error { throw PromptError(line: next.index + 1, cause: error) }
                    try await self.print(next.answer, source)
                    answers.append(next.answer)
                }
            }
        }
        if self.job.wantsStats {
            let table = AnswerStats.table(
                answers,
                load: answers.compactMap(\.loadTime).max() ?? .zero,
                total: ContinuousClock.now - start,
                reproducibility: source.reproducibility
            )
            try? await Output.error.send(table.text)
        }
    }

    private func print(_ answer: Answer, _ source: any AnswerSource) async throws {
        var text = AnswerText()
        let line =
            self.job.style == .json ? try JSONText.line(AnswerReport(answer, model: source.modelName)) : text.append(answer.text) + "\n"
        try await self.output.send(line)
    }
}
