import ChatTemplates
import Testing

@Suite("The language of templates")
struct LanguageTests {
    @Test("expressions print what they print in Jinja")
    func expressions() {
        for (source, expected) in ExpressionTable.all { Self.expect("{{ " + source + " }}", expected) }
    }

    @Test("expressions that Jinja refuses are errors with a place")
    func wrongExpressions() {
        for source in ExpressionTable.errors { Self.expectError("{{ " + source + " }}") }
    }

    @Test("statements, white space and scopes are those of Jinja")
    func statements() {
        for (source, expected) in StatementTable.all { Self.expect(source, expected) }
    }

    @Test("templates that Jinja refuses are errors with a place")
    func wrongStatements() {
        for source in StatementTable.errors { Self.expectError(source) }
    }

    private static func expect(_ source: String, _ expected: String) {
        do throws(TemplateError) {
            let text = try Rendering.render(source)
            #expect(Array(text.utf8) == Array(expected.utf8), "\(source) gives \(text), not \(expected)")
        } catch {
            Issue.record("\(source): \(error)")
        }
    }

    private static func expectError(_ source: String) {
        let error = Rendering.error(of: source)
        #expect(error != nil, "\(source) is no error")
        #expect(error.map { $0.line > 0 && $0.column > 0 } ?? true, "\(source): \(String(describing: error))")
    }
}
