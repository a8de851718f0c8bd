import ChatTemplates

/// What the tables of these tests are rendered with.
enum Rendering {
    static let variables: TemplateVariables = [
        "s": "Hello World", "u": "héllo wörld ß Σίσυφος ΣΑΣ", "n": 7, "f": 2.5, "l": [3, 1, 2],
        "d": ["b": 1, "a": ["x": [1, 2]], "c": nil], "t": true, "z": nil, "e": [], "es": "",
        "ms": [
            ["role": "user", "content": "hi", "n": 2], ["role": "assistant", "content": "yo", "n": 1], ["role": "user", "content": "Ab"],
        ],
        "x": "context",
    ]
    static let now = TemplateDate(year: 2026, month: 1, day: 15, hour: 12)

    static func render(_ source: String, limits: TemplateLimits = .init()) throws(TemplateError) -> String {
        try ChatTemplate(source, limits: limits).render(Self.variables, now: Self.now)
    }

    /// The error of parsing or rendering; nil where there is none.
    static func error(of source: String, limits: TemplateLimits = .init()) -> TemplateError? {
        do throws(TemplateError) {
            _ = try Self.render(source, limits: limits)
            return nil
        } catch {
            return error
        }
    }
}
