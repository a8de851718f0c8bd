package import ChatTemplates
package import Mullama

/// A line of a daemon's answer to a ``LocalRequest``. Both sides read and write it here.
package enum LocalEvent: Sendable {
    /// The request is accepted; the answer follows.
    case accepted(model: String, loadTime: Duration)
    case text(String)
    case end(FinishReason, Usage, Timings)
    /// The last, as the end is.
    case failure(MullamaError)
    /// The last, too: somebody else has ended the request, and not its client. With a message that says so.
    case cancelled(String)

    /// What stands in the place of the library's codes, which have none for it.
    private static let cancelCode = "cancelled"

    package var json: TemplateValue {
        switch self {
        case .accepted(let model, let loadTime):
            return ["accepted": ["model": .string(model), "load": Self.seconds(loadTime)]]
        case .text(let text):
            return ["text": .string(text)]
        case .end(let reason, let usage, let timings):
            return [
                "end": [
                    "reason": .string(reason.rawValue),
                    "usage": [
                        "prompt_tokens": .integer(usage.promptTokens), "cached_tokens": .integer(usage.cachedTokens),
                        "completion_tokens": .integer(usage.completionTokens), "dropped_tokens": .integer(usage.droppedTokens),
                    ],
                    "timings": [
                        "queued": Self.seconds(timings.queued), "prefill": Self.seconds(timings.prefill),
                        "decode": Self.seconds(timings.decode),
                    ],
                ]
            ]
        case .failure(let error):
            var fields: TemplateDictionary = ["code": .string(error.code.description), "message": .string(error.message)]
            fields["underlying"] = error.underlying.map { .integer($0) }
            fields["retry_after"] = error.retryAfter.map(Self.seconds)
            return ["error": .dictionary(fields)]
        case .cancelled(let message):
            return ["error": ["code": .string(Self.cancelCode), "message": .string(message)]]
        }
    }

    /// - Returns: Nil for a line that is none of these.
    package init?(json value: TemplateValue) {
        guard let fields = try? RequestFields(value) else { return nil }
        if let text = try? fields.string("text") {
            self = .text(text)
        } else if let end = try? fields.fields("end") {
            self.init(end: end)
        } else if let accepted = try? fields.fields("accepted"), let model = try? accepted.string("model") {
            self = .accepted(model: model, loadTime: Self.duration(accepted, "load"))
        } else if let error = try? fields.fields("error"), let message = Self.cancelMessage(error) {
            self = .cancelled(message)
        } else if let error = Self.error(fields, otherwise: .engineFailed) {
            self = .failure(error)
        } else {
            return nil
        }
    }

    /// What an answer says that is no success. Where the server refuses before this API comes to see the request, the status tells what kind of
    /// error it is.
    package static func refusal(_ value: TemplateValue, status: Int) -> MullamaError? {
        let code: MullamaError.Code =
            switch status {
            case 404: .modelNotFound
            case 429, 503: .overloaded
            case 504: .timedOut
            case 400..<500: .invalidRequest
            default: .engineFailed
            }
        guard let fields = try? RequestFields(value) else { return nil }
        // As Ollama's API has it.
        if let message = try? fields.string("error") { return MullamaError(code, message) }
        return Self.error(fields, otherwise: code)
    }

    /// Why an answer that is no success is none if its request was ended by another; nil if it was not.
    package static func cancellation(_ value: TemplateValue) -> String? {
        (try? RequestFields(value).fields("error")).flatMap(self.cancelMessage)
    }

    private static func cancelMessage(_ error: RequestFields) -> String? {
        guard (try? error.string("code")) == Self.cancelCode else { return nil }
        return (try? error.string("message")) ?? "the request was ended by another"
    }

    private static func error(_ fields: RequestFields, otherwise unknown: MullamaError.Code) -> MullamaError? {
        guard let error = try? fields.fields("error"), let message = try? error.string("message") else { return nil }
        let code = (try? error.string("code")).flatMap { name in MullamaError.Code.all.first { $0.description == name } }
        let wait = (try? error.number("retry_after", in: 0...1e9)).map { Duration.seconds($0) }
        return MullamaError(code ?? unknown, message, underlying: try? error.integer("underlying"), retryAfter: wait)
    }

    private init?(end: RequestFields) {
        guard let reason = (try? end.string("reason")).flatMap(FinishReason.init(rawValue:)),
            let usage = try? end.fields("usage"), let timings = try? end.fields("timings")
        else { return nil }
        func count(_ name: String) -> Int { (try? usage.integer(name)) ?? 0 }
        self = .end(
            reason,
            Usage(
                promptTokens: count("prompt_tokens"),
                cachedTokens: count("cached_tokens"),
                completionTokens: count("completion_tokens"),
                droppedTokens: count("dropped_tokens")
            ),
            Timings(
                queued: Self.duration(timings, "queued"),
                prefill: Self.duration(timings, "prefill"),
                decode: Self.duration(timings, "decode")
            )
        )
    }

    private static func seconds(_ duration: Duration) -> TemplateValue { .double(duration / .seconds(1)) }

    private static func duration(_ fields: RequestFields, _ name: String) -> Duration {
        .seconds((try? fields.number(name, in: 0...1e9)) ?? 0)
    }
}
