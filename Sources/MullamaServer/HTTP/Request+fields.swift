import ChatTemplates
import HTTPTypes
import Hummingbird

extension Request {
    /// The body as a JSON object, whatever its Content-Type says. An empty body is an empty object.
    ///
    /// - Parameter limit: The most bytes. A body that announces more is not read at all.
    func fields(limit: Int) async throws -> RequestFields {
        let bytes = try await self.bytes(limit: limit)
        return try await LongJSON.perform(bytes: bytes.count) { try Self.fields(bytes) }
    }

    private static func fields(_ bytes: [UInt8]) throws(APIError) -> RequestFields {
        guard bytes.contains(where: { !$0.isJSONSpace }) else { return try RequestFields(.dictionary([:])) }
        let value: TemplateValue
        do throws(TemplateError) {
            value = try TemplateValue(json: bytes)
        } catch {
            throw .invalid(nil, code: "invalid_json", "the request's body is \(error.message)")
        }
        return try RequestFields(value)
    }

    private func bytes(limit: Int) async throws -> [UInt8] {
        func tooLarge(_ size: String) -> APIError {
            // What is left of the body stands between this request and the next: the connection is of no more use.
            APIError(
                .contentTooLarge,
                .invalidRequest,
                code: "request_too_large",
                headers: [.connection: "close"],
                "the request's body has \(size) bytes: at most \(limit) are taken"
            )
        }
        if let length = self.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge("\(length)") }
        var bytes: [UInt8] = []
        for try await part in self.body {
            guard bytes.count + part.readableBytes <= limit else { throw tooLarge("more than \(limit)") }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }
}

extension UInt8 {
    fileprivate var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
