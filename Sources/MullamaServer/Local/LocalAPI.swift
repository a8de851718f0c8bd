import ChatTemplates
import Foundation
import HTTPTypes
import Hummingbird
import Mullama

/// What `mullama`'s own commands ask of a daemon, with nothing lost between their options and the library's: all finish reasons, codes of errors
/// and times.
struct LocalAPI: Sendable {
    let server: ServerState

    var routes: [Route] {
        [
            Route(.post, "/generate", .infer, "Answer a prompt or a chat, as a stream of JSON lines, for mullama run.") {
                try await self.generate($0, $1)
            },
            Route(.get, "/status", .infer, "The models in memory and who uses them, for mullama ps and mullama daemon status.") {
                _,
                _ in
                Response(json: LocalStatus(self.server.models.loaded).json)
            },
        ]
    }

    private func generate(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        let run: InferenceRun
        do {
            run = try await self.server.inference.start(LocalRequest(fields).inference, for: context)
        } catch let error as MullamaError {
            let answer = APIError(error)
            return Response(json: LocalEvent.failure(error).json, status: answer.status, headers: answer.headers)
        }
        let heartbeat = self.server.settings.heartbeat
        let failure = { @Sendable (error: APIError) in LocalEvent.failure(MullamaError(.engineFailed, error.message)).json }
        return EventStream.response(.lines, failure: failure) { events in
            try await events.send(LocalEvent.accepted(model: run.lease.reference.name, loadTime: run.lease.loadTime).json)
            do {
                try await run.events(silence: heartbeat, client: context.client) { event in
                    switch event {
                    case .chunk(let chunk, _): try await events.send(LocalEvent.text(chunk.text).json)
                    case .ended(let end, _): try await events.send(LocalEvent.end(end.reason, end.usage, end.timings).json)
                    case .progress, .silence: break
                    }
                }
            } catch let error as MullamaError {
                try await events.send(LocalEvent.failure(error).json)
            }
        }
    }
}
