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
                let models = self.server.models
                return Response(json: LocalStatus(models.loaded, parallel: models.params.parallel).json)
            },
        ]
    }

    private func generate(_ request: Request, _ context: ServerContext) async throws -> Response {
        let fields = try await request.fields(limit: self.server.settings.bodyLimit)
        let run: InferenceRun
        do {
            run = try await self.server.inference.start(LocalRequest(fields).inference, for: context)
        } catch let error as MullamaError {
            let answer = context.failed(error)
            return Response(json: LocalEvent.failure(error).json, status: answer.status, headers: answer.headers)
        } catch is CancellationError where !context.client.isGone {
            throw APIError(APIError.clientClosedRequest, .server, code: "cancelled", Self.endedByAnother)
        }
        let heartbeat = self.server.settings.heartbeat
        let failure = { @Sendable (error: any Error) in Self.ending(error).json }
        return EventStream.response(.lines, for: context, failure: failure) { events in
            try await events.send(LocalEvent.accepted(model: run.lease.reference.name, loadTime: run.lease.loadTime).json)
            try await run.events(silence: heartbeat, client: context.client) { event in
                switch event {
                case .chunk(let chunk, _): try await events.send(LocalEvent.text(chunk.text).json)
                case .ended(let end, _): try await events.send(LocalEvent.end(end.reason, end.usage, end.timings).json)
                case .progress, .silence: break
                }
            }
        }
    }

    /// Clients that leave read no more, so it was not they.
    private static let endedByAnother = "ended by another: somebody has sent DELETE /requests/{id} for this request"

    /// What an answer ends with that is broken off.
    private static func ending(_ error: any Error) -> LocalEvent {
        switch error {
        case let error as MullamaError: .failure(error)
        case is CancellationError: .cancelled(Self.endedByAnother)
        default: .failure(MullamaError(.engineFailed, APIError(error).message))
        }
    }
}
