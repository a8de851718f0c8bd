import Hummingbird
import Logging
import Mullama

/// Puts what a request failed with into the words of its API, and logs what was nobody's fault but the server's.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let answer = Self.answer(to: error, request)
            if answer.status == .internalServerError {
                context.logger.error("the request failed", metadata: ["error": "\(error)"])
            }
            context.notes.error = answer
            let response = APIFlavour(path: request.uri.path).response(answer)
            // The body of an answer to HEAD would be taken for the next answer.
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private static func answer(to error: any Error, _ request: Request) -> APIError {
        guard let error = error as? HTTPError else { return APIError(error) }
        guard error.status == .notFound else {
            return APIError(error.status, .invalidRequest, error.body ?? error.status.reasonPhrase)
        }
        return APIError(
            .notFound,
            .invalidRequest,
            code: "not_found",
            "there is nothing at \(request.uri.path): \(OllamaAPI.advice(for: request.uri.path) ?? "see /openapi.json for what there is")"
        )
    }
}
