extension TemplateValue {
    /// Reads JSON and keeps the order of keys. Integers beyond 64 bits become floating-point numbers.
    ///
    /// - Throws: ``TemplateError/Code/invalidInput`` if the text is not JSON, with line and column of the text, or nests deeper than
    ///   `maxDepth`.
    public init(json text: String, maxDepth: Int = 128) throws(TemplateError) {
        try self.init(json: Array(text.utf8), maxDepth: maxDepth)
    }

    /// Reads JSON in UTF-8 and keeps the order of keys. Integers beyond 64 bits become floating-point numbers.
    ///
    /// - Throws: ``TemplateError/Code/invalidInput`` if the bytes are not JSON, with line and column of the text, or nest deeper than
    ///   `maxDepth`.
    public init(json bytes: [UInt8], maxDepth: Int = 128) throws(TemplateError) {
        throw TemplateError(.invalidInput, "not yet")
    }
}

extension TemplateValue {
    /// The value as JSON in one line, as `tojson` of a template writes it: `{"a": [1, 2.0, "é"]}`.
    public var json: String { "" }
}
