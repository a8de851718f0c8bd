import ChatTemplates
import Foundation
import Testing

/// The templates of real models and what transformers renders of them, which lie beside the checkout and are not a part of it.
private enum SharedCases {
    /// The folder that `MULLAMA_CHAT_TEMPLATES` names, else `../shared/chat-templates` beside the checkout; nil where there is none.
    static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["MULLAMA_CHAT_TEMPLATES"] { return URL(filePath: path) }
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let candidates = [checkout, URL(filePath: FileManager.default.currentDirectoryPath)].map {
            $0.appending(path: "../shared/chat-templates")
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    /// On the machine that decides whether a change is merged their absence is a failure, elsewhere the test is skipped.
    static let isRequired = ProcessInfo.processInfo.environment["CI"] != nil

    static func names() throws -> [String] {
        let folder = try #require(Self.folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".jinja") }.map { String($0.dropLast(6)) }.sorted()
    }
}

@Suite("The templates of real models")
struct SharedCasesTests {
    @Test(
        "render every conversation to the byte",
        .enabled(
            if: SharedCases.folder != nil || SharedCases.isRequired,
            "no folder of templates: set MULLAMA_CHAT_TEMPLATES, or put it at ../shared/chat-templates"
        )
    )
    func everyCase() throws {
        let folder = try #require(SharedCases.folder, "MULLAMA_CHAT_TEMPLATES names the folder of templates and cases")
        var count = 0
        for name in try SharedCases.names() {
            let source = try String(contentsOf: folder.appending(path: "\(name).jinja"), encoding: .utf8)
            let template = try ChatTemplate(source)
            let cases = try String(contentsOf: folder.appending(path: "\(name).jsonl"), encoding: .utf8)
            for line in cases.split(separator: "\n") {
                try Self.check(try TemplateValue(json: String(line)), template, name)
                count += 1
            }
        }
        #expect(count > 2_000)
    }

    private static func check(_ value: TemplateValue, _ template: ChatTemplate, _ name: String) throws {
        guard case .dictionary(let fields) = value else {
            Issue.record("\(name): a line that is no object")
            return
        }
        var variables: TemplateVariables = ["documents": nil]
        for field in ["messages", "tools", "add_generation_prompt"] { variables[field] = fields[field] }
        if case .dictionary(let more)? = fields["variables"] {
            for (name, value) in more { variables[name] = value }
        }
        let title = "\(name): \(fields["case"]?.json ?? "")"
        let now = TemplateDate(year: 2026, month: 1, day: 15, hour: 12)
        do throws(TemplateError) {
            let text = try template.render(variables, now: now)
            #expect(fields["expected"] == .string(text), "\(title)")
        } catch {
            #expect(error.code == .raised && fields["error"] == .string(error.message), "\(title): \(error)")
        }
    }
}
