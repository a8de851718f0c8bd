import Mullama

/// Answers one prompt on standard output.
struct SingleAnswer: Sendable {
    let job: AnswerJob
    let prompt: String
    let output = Output.standard

    func run() async throws {
        try await self.job.withSource { try await self.answer(with: $0) }
    }

    private func answer(with source: any AnswerSource) async throws {
        var text = AnswerText()
        let (answer, error) = await source.answer(self.prompt, self.job) { part in
            guard self.job.style == .streamed else { return }
            try await self.output.send(text.append(part))
        }
        if error is OutputError { throw error ?? OutputError.closed }

        switch self.job.style {
        case .json:
            if error == nil || !answer.text.isEmpty || answer.finishReason != .failed {
                try await self.output.send(JSONText.line(AnswerReport(answer, model: source.modelName)))
            }
        case .whole:
            try await self.end(text.append(answer.text), text, isWhole: error == nil)
        case .streamed:
            try await self.end("", text, isWhole: error == nil)
        }
        if let error { throw error }
        if self.job.wantsStats, let measures = answer.measures {
            try? await Output.error.send(AnswerStats.table(answer, measures, load: answer.loadTime).text)
        }
    }

    /// The newline at the end, also behind an answer that was broken off, unless that was before its first character.
    private func end(_ rest: String, _ text: AnswerText, isWhole: Bool) async throws {
        try await self.output.send(rest + (isWhole || !text.isEmpty ? "\n" : ""))
    }
}
