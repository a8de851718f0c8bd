/// How an answer is to come in parts.
struct StreamOptions: Sendable, Hashable {
    /// Whether the stream ends with what all answers took together.
    var includesUsage = false
    /// Whether it tells where answers are before they begin. OpenAI's API does not have that.
    var includesProgress = false

    /// - Returns: Nil if the answer is to come in one piece.
    static func read(_ fields: RequestFields) throws(APIError) -> StreamOptions? {
        let given = try fields.fields("stream_options")
        var options = StreamOptions()
        options.includesUsage = try given?.boolean("include_usage") ?? false
        options.includesProgress = try given?.boolean("include_progress") ?? false
        return try fields.boolean("stream") ?? false ? options : nil
    }
}
