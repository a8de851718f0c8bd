import ChatTemplates
import Hummingbird
import Mullama

/// The answer to a request for text, in one piece or in parts: what chats and completions have in common.
struct TextAnswer<Format: AnswerFormat>: Sendable {
    let run: InferenceRun
    let format: Format
    private let identity: AnswerIdentity

    init(_ run: InferenceRun, _ format: Format) {
        self.run = run
        self.format = format
        self.identity = AnswerIdentity(Format.prefix, run.lease)
    }

    /// - Parameter streaming: Nil for an answer in one piece.
    func response(_ streaming: StreamOptions?, _ settings: ServerSettings, _ context: ServerContext) async throws -> Response {
        guard let streaming else { return Response(json: try await self.whole()) }
        return EventStream.response(.serverSentEvents, for: context, failure: APIFlavour.openAI.body) { events in
            var parts = AnswerParts(self.run, self.format, self.identity, streaming)
            let progress = streaming.includesProgress ? settings.progressInterval : nil
            try await events.send(parts.opening)
            try await self.run.events(silence: settings.heartbeat, progress: progress, client: context.client) { event in
                if case .silence = event { return try await events.keepAlive("waiting") }
                try await events.send(parts.lines(event))
            }
            try await events.send(parts.closing)
        }
    }

    private func whole() async throws -> TemplateValue {
        var totals = AnswerTotals()
        var choices: [TemplateValue] = []
        for answer in try await self.run.answers() {
            totals.add(answer.generation.usage, answer.generation.timings, prompt: answer.prompt)
            choices.append(self.format.whole(answer))
        }
        var fields = self.identity.fields(Format.object)
        fields["choices"] = .list(choices)
        fields["usage"] = totals.usage
        fields["timings"] = totals.timings(load: self.run.lease.loadTime)
        return .dictionary(fields)
    }
}
