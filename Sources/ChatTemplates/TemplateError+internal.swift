extension TemplateError {
    static func type(_ message: String) -> TemplateError { TemplateError(.type, message) }
    static func value(_ message: String) -> TemplateError { TemplateError(.value, message) }

    static func tooDeep(_ what: String, _ limit: Int) -> TemplateError {
        TemplateError(.limit, "\(what) nests deeper than \(limit) levels (maxDepth)")
    }

    static func stackUsed(_ what: String, _ limit: Int) -> TemplateError {
        TemplateError(.limit, "\(what) nests so deep that it takes more than \(limit) bytes of stack (maxStack)")
    }

    /// The same error with a place in the template, if it has none yet.
    func located(at offset: Int, in source: [UInt8]) -> TemplateError {
        guard self.line == 0 else { return self }
        let before = source[..<min(max(offset, 0), source.count)]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let column = before[lineStart...].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        return TemplateError(self.code, self.message, line: line, column: column)
    }
}
