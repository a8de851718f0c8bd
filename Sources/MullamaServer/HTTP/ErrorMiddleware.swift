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
        let flavour = APIFlavour(path: request.uri.path)
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return flavour.response(
                APIError(
                    .notFound,
                    .invalidRequest,
                    code: "not_found",
                    "there is nothing at \(request.uri.path): see /openapi.json for what there is"
                )
            )
        } catch let error as HTTPError {
            return flavour.response(APIError(error.status, .invalidRequest, error.body ?? error.status.reasonPhrase))
        } catch {
            let answer = APIError(error)
            if answer.status.kind == .serverError {
                context.logger.error("the request failed", metadata: ["error": "\(error)"])
            }
            return flavour.response(answer)
        }
    }
}
