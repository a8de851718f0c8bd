import ChatTemplates
import Testing

@Suite("Errors of templates")
struct TemplateErrorTests {
    @Test(
        "say what kind they are and where they come from",
        arguments: [
            ("a\n  {{ nope.x }}", TemplateError.Code.undefined, 2, 11),
            ("{{ 1 / 0 }}", .value, 1, 6),
            ("{{ 'é' + 1 }}", .type, 1, 8),
            ("{{ l.append(1) }}", .forbidden, 1, 12),
            ("{{ 5|upper|nosuch }}", .syntax, 1, 12),
            ("x\n\n{% if true %}a", .syntax, 3, 4),
            ("{{ 'open }}", .syntax, 1, 4),
            ("{% endfor %}", .syntax, 1, 4),
            ("{{ 99999999999999999999 }}", .syntax, 1, 4),
            ("{{ 9223372036854775807 + 1 }}", .value, 1, 24),
            ("{% set ns = 1 %}\n{% set ns.x = 1 %}", .type, 2, 8),
            ("{% include 'x' %}", .syntax, 1, 4),
            ("{# never closed", .syntax, 1, 1),
        ]
    )
    func place(source: String, code: TemplateError.Code, line: Int, column: Int) throws {
        let error = try #require(Rendering.error(of: source))
        #expect(error.code == code, "\(error)")
        #expect(error.line == line, "\(error)")
        #expect(error.column == column, "\(error)")
    }

    @Test("what the template raises is passed on as it is")
    func raised() {
        let error = Rendering.error(of: "\n{{ raise_exception('Only ' ~ n ~ ' messages,\nplease') }}")
        #expect(error?.code == .raised)
        #expect(error?.message == "Only 7 messages,\nplease")
        #expect(error?.line == 2)
    }

    @Test("JSON says where it is broken")
    func json() {
        #expect(throws: TemplateError(.invalidInput, "not JSON: a value is expected here", line: 2, column: 3)) {
            try TemplateValue(json: "[1,\n  x]")
        }
        #expect(throws: TemplateError.self) { try TemplateValue(json: String(repeating: "[", count: 100_000)) }
    }
}
