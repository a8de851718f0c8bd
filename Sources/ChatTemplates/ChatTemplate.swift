/// A chat template of a model: the text in Jinja's language that turns a conversation into a prompt.
///
/// It is parsed once, may be rendered by any number of tasks at the same time, and gives to the byte what Hugging Face transformers gives:
/// Jinja 3.1 in its immutable sandbox with `trim_blocks`, `lstrip_blocks`, `break` and `continue`, `{% generation %}`, `raise_exception`,
/// `strftime_now` and transformers' own `tojson`.
public struct ChatTemplate: Sendable {
    /// The text of the template, as it was given.
    public let source: String
    private let program: Program

    /// Parses a template.
    ///
    /// - Throws: ``TemplateError`` with the code `syntax`, or `limit` where the text is too long or nests too deep; line and column say where.
    public init(_ source: String, limits: TemplateLimits = .init()) throws(TemplateError) {
        self.source = source
        self.program = try Program(source, limits: limits)
    }

    /// Renders the template.
    ///
    /// Nothing but the variables and the date is read: no file, no clock, no network. It does not suspend and cannot be cancelled; the
    /// ``TemplateLimits`` bound the time it takes.
    ///
    /// - Parameters:
    ///   - variables: what the template sees by name. A name that is missing is undefined in the template.
    ///   - now: what `strftime_now` tells.
    /// - Throws: ``TemplateError``: `raised` if the template refuses the conversation, else what went wrong, with line and column.
    public func render(_ variables: TemplateVariables, now: TemplateDate) throws(TemplateError) -> String {
        try Evaluator(self.program, variables: variables, now: now).render()
    }
}
