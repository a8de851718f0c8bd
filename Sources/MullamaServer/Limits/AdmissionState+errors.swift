import HTTPTypes

extension AdmissionState.Refusal {
    /// What the client is told.
    func error(_ model: String) -> APIError {
        switch self {
        case .draining:
            .shuttingDown
        case .tooMany(let answers, let limit):
            APIError(
                .badRequest,
                .invalidRequest,
                code: "too_many_answers",
                "the request asks for \(answers) answers at once, and no more than \(limit) are taken together: send several requests"
            )
        case .queueFull(let running, let waiting, let limit, let wait):
            APIError(
                .tooManyRequests,
                .rateLimit,
                code: "queue_full",
                "\(model) has \(Self.answers(running)) running and \(waiting) waiting, and no more than \(limit) may wait: \(Self.advice(wait))"
            )
            .retrying(after: wait ?? .seconds(1))
        case .total(let count, let limit):
            APIError(
                .tooManyRequests,
                .rateLimit,
                code: "concurrency_limit",
                "the server has \(Self.answers(count)) on the way, and no more than \(limit) may be at the same time: \(Self.advice(nil))"
            )
            .retrying(after: .seconds(1))
        case .key(let name, let count, let limit):
            APIError(
                .tooManyRequests,
                .rateLimit,
                code: "concurrency_limit",
                "the key '\(name)' has \(Self.answers(count)) on the way, and no more than \(limit) may be at the same time: \(Self.advice(nil))"
            )
            .retrying(after: .seconds(1))
        }
    }

    private static func answers(_ count: Int) -> String { count == 1 ? "1 answer" : "\(count) answers" }

    private static func advice(_ wait: Duration?) -> String {
        wait.map { "come again in about \(max(1, Int(($0 / .seconds(1)).rounded(.up)))) s" } ?? "come again in a moment"
    }
}

extension APIError {
    /// The server takes no new work. Who balances loads sends the request elsewhere.
    static var shuttingDown: APIError {
        APIError(
            .serviceUnavailable,
            .server,
            code: "shutting_down",
            headers: [.connection: "close"],
            "the server is shutting down: send the request again when it is back"
        )
        .retrying(after: .seconds(5))
    }
}
