/// A template that is ready to run. It never changes, so that any number of evaluators may share it.
final class Program: Sendable {
    let source: [UInt8]
    let statements: [Statement]
    let scopes: Scopes
    let limits: TemplateLimits

    init(_ source: String, limits: TemplateLimits) throws(TemplateError) {
        var parser = try Parser(source, limits: limits)
        let template = try parser.parse()
        self.source = template.source
        self.statements = template.statements
        self.scopes = ScopeResolver.resolve(template)
        self.limits = limits
    }
}
