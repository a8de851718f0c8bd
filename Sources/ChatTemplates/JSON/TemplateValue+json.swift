extension TemplateValue {
    /// Reads JSON and keeps the order of keys. Integers beyond 64 bits become floating-point numbers.
    ///
    /// - Throws: ``TemplateError/Code/invalidInput`` if the text is not JSON, with line and column of the text, or nests deeper than
    ///   `maxDepth`.
    public init(json text: String, maxDepth: Int = 128) throws(TemplateError) {
        self = try JSONReader.read(Array(text.utf8), maxDepth: maxDepth)
    }

    /// Reads JSON in UTF-8 and keeps the order of keys. Integers beyond 64 bits become floating-point numbers.
    ///
    /// - Throws: ``TemplateError/Code/invalidInput`` if the bytes are not JSON, with line and column of the text, or nest deeper than
    ///   `maxDepth`.
    public init(json bytes: [UInt8], maxDepth: Int = 128) throws(TemplateError) {
        self = try JSONReader.read(bytes, maxDepth: maxDepth)
    }

    /// The value as JSON in one line, as `tojson` of a template writes it: `{"a": [1, 2.0, "é"]}`.
    public var json: String {
        var writer = JSONWriter(JSONWriter.Style(), nil)
        // Neither fails for what a `TemplateValue` can hold.
        guard let value = try? ChatTemplates.Value(self, depth: 0, limit: .max), (try? writer.write(value)) != nil else { return "null" }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
