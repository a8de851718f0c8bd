import ChatTemplates
import Testing

@Suite("TemplateDate")
struct TemplateDateTests {
    @Test("is read from ISO 8601")
    func reads() throws {
        let date = try TemplateDate(iso8601: "2026-01-15T12:30:05")
        #expect(date == TemplateDate(year: 2026, month: 1, day: 15, hour: 12, minute: 30, second: 5))
        #expect(try TemplateDate(iso8601: "2024-02-29") == TemplateDate(year: 2024, month: 2, day: 29))
        #expect(try TemplateDate(iso8601: "2026-01-15T12:00:00.123Z") == TemplateDate(year: 2026, month: 1, day: 15, hour: 12))
    }

    @Test("what is no date is refused", arguments: ["", "today", "2026-1-1", "2026-02-30", "2026-01-15T25:00:00", "2026-01-15T12:00:00x"])
    func refuses(text: String) {
        #expect(throws: TemplateError.self) { try TemplateDate(iso8601: text) }
    }
}
