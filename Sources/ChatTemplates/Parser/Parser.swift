/// Makes statements of tokens. The grammar is Jinja's, as far as a single template goes: nothing is included, imported or extended.
struct Parser {
    let source: [UInt8]
    let limits: TemplateLimits
    private let tokens: [Token]
    private var place = 0
    var counts = ParsedTemplate.Counts()
    /// How deep what is being parsed nests.
    private var depth = 0
    private let stack = StackGuard()
    /// The tags that are open, innermost last.
    var openTags: [(name: String, position: Int)] = []
    /// How many loops `break` and `continue` could mean.
    var loops = 0
    /// How many loops are around in the text, in whose bodies `loop` may not be assigned to.
    var openLoops = 0
    /// Whether an `if` is around, in which unknown filters are an error only once they are called.
    var isConditional = false
    /// Unknown filters and tests in the expression that is being parsed.
    var unknownNames: [(message: String, position: Int)] = []

    init(_ source: String, limits: TemplateLimits) throws(TemplateError) {
        guard source.utf8.count <= limits.maxSource else {
            throw TemplateError(.limit, "the template has \(source.utf8.count) bytes, \(limits.maxSource) are allowed (maxSource)")
        }
        var lexer = Lexer(source)
        self.tokens = try lexer.lex()
        self.source = lexer.source
        self.limits = limits
    }

    mutating func parse() throws(TemplateError) -> ParsedTemplate {
        let statements = try self.statements(until: [])
        return ParsedTemplate(source: self.source, statements: statements, counts: self.counts)
    }

    // MARK: tokens

    var current: Token { self.tokens[self.place] }
    var next: Token { self.tokens[min(self.place + 1, self.tokens.count - 1)] }

    @discardableResult
    mutating func advance() -> Token {
        let token = self.current
        if self.place + 1 < self.tokens.count { self.place += 1 }
        return token
    }

    func error(_ message: String, at position: Int) -> TemplateError {
        TemplateError(.syntax, message).located(at: position, in: self.source)
    }

    /// The current token is not what the grammar wants.
    func unexpected(_ expected: String) -> TemplateError {
        self.error("expected \(expected), found \(self.current.description)", at: self.current.position)
    }

    func isSymbol(_ symbol: String) -> Bool { self.current.kind == .symbol(symbol) }
    func isName(_ name: String) -> Bool { self.current.kind == .name(name) }

    mutating func skipSymbol(_ symbol: String) -> Bool {
        guard self.isSymbol(symbol) else { return false }
        self.advance()
        return true
    }

    mutating func skipName(_ name: String) -> Bool {
        guard self.isName(name) else { return false }
        self.advance()
        return true
    }

    mutating func expectSymbol(_ symbol: String) throws(TemplateError) {
        guard self.skipSymbol(symbol) else { throw self.unexpected("'\(symbol)'") }
    }

    mutating func expectName(_ what: String = "a name") throws(TemplateError) -> (name: String, position: Int) {
        guard case .name(let name) = self.current.kind else { throw self.unexpected(what) }
        return (name, self.advance().position)
    }

    mutating func expectBlockEnd() throws(TemplateError) {
        guard self.current.kind == .blockEnd else { throw self.unexpected("'%}'") }
        self.advance()
    }

    // MARK: numbers and limits

    mutating func name(_ name: String, position: Int) -> Expression.Name {
        defer { self.counts.names += 1 }
        return Expression.Name(name, id: self.counts.names, position: position)
    }

    mutating func newScope() -> ScopeID {
        defer { self.counts.scopes += 1 }
        return self.counts.scopes
    }

    mutating func newFunction() -> FunctionID {
        defer { self.counts.functions += 1 }
        return self.counts.functions
    }

    mutating func enter() throws(TemplateError) {
        self.depth += 1
        guard self.depth <= self.limits.maxDepth else {
            throw TemplateError.tooDeep("the template", self.limits.maxDepth).located(at: self.current.position, in: self.source)
        }
        guard self.stack.used <= self.limits.maxStack else {
            throw TemplateError.stackUsed("the template", self.limits.maxStack).located(at: self.current.position, in: self.source)
        }
    }

    mutating func leave() {
        self.depth -= 1
    }

    /// What has been parsed, unless it nests too deep: as a chain like `a + b + c` may though nothing in it nests in the text.
    func checked(_ expression: Expression) throws(TemplateError) -> Expression {
        guard expression.depth <= self.limits.maxDepth else {
            throw TemplateError.tooDeep("an expression", self.limits.maxDepth).located(at: self.current.position, in: self.source)
        }
        return expression
    }
}
