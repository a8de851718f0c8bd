import ChatTemplates
import Foundation
import Mullama
import Testing

@testable import MullamaCLI

struct TemplateRequestTests {
    private func reply(_ line: String, _ template: String = "{{ messages[0].content }}") throws -> TemplateRequest.Reply {
        let request = TemplateRequest(templates: ModelTemplates(template), date: try TemplateDate(iso8601: "2026-01-15T12:00:00"))
        return request.reply(to: Array(line.utf8), number: 3)
    }

    @Test(
        arguments: [
            ("", "line 3"), ("{", "line 3"), ("[]", "line 3: this is no JSON object"), ("{}", "line 3: the object has no messages"),
            (#"{"messages": 1}"#, "line 3: messages must be a list"), (#"{"messages": [], "tools": 1}"#, "line 3: tools"),
            (#"{"messages": [], "add_generation_prompt": "yes"}"#, "line 3: add_generation_prompt"),
            (#"{"messages": [], "variables": []}"#, "line 3: variables"),
        ]
    )
    func `a line that is no conversation is told with its number`(_ line: String, _ start: String) throws {
        guard case .error(let message) = try self.reply(line) else {
            Issue.record("it gave a text")
            return
        }
        #expect(message.hasPrefix(start), "\(message)")
    }

    @Test func `what is given, and what is there without`() throws {
        let template = "{{ tools is none }} {{ documents is none }} {{ add_generation_prompt }} {{ x }} {{ strftime_now('%Y-%m-%d %H') }}"
        #expect(
            try self.reply(#"{"messages": [], "case": "c", "variables": {"x": 7}}"#, template) == .text("True True True 7 2026-01-15 12")
        )
        #expect(
            try self.reply(#"{"messages": [], "tools": [], "add_generation_prompt": false, "variables": {"documents": []}}"#, template)
                == .text("False False False  2026-01-15 12")
        )
    }

    @Test func `the template's own words come as they are, other errors with their place`() throws {
        let line = #"{"messages": [{"role": "user", "content": "hi"}]}"#
        #expect(try self.reply(line, "\n{{ raise_exception('No.') }}") == .error("No."))
        guard case .error(let message) = try self.reply(line, "\n{% for %}") else {
            Issue.record("it gave a text")
            return
        }
        #expect(message.contains("(line 2, column "))
    }

    @Test func `a reply is one line of JSON`() throws {
        #expect(try JSONText.line(TemplateRequest.Reply.text("a\n</b>")) == #"{"text":"a\n</b>"}"# + "\n")
        #expect(try JSONText.line(TemplateRequest.Reply.error("é")) == #"{"error":"é"}"# + "\n")
    }

    /// The templates of real models and what transformers renders of them, which lie beside the checkout and are not a part of it.
    private static let cases: URL? = {
        if let path = ProcessInfo.processInfo.environment["MULLAMA_CHAT_TEMPLATES"] { return URL(filePath: path) }
        let folder = URL(filePath: FileManager.default.currentDirectoryPath).appending(path: "../shared/chat-templates")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    @Test(.enabled(if: cases != nil, "no folder of templates: set MULLAMA_CHAT_TEMPLATES"))
    func `every conversation with real models' templates gives what transformers gives`() throws {
        let folder = try #require(Self.cases)
        var count = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix(".jsonl") {
            let template = folder.appending(path: file).deletingPathExtension().appendingPathExtension("jinja").path
            let templates = ModelTemplates(try StandardInput.text(ofFile: template))
            let request = TemplateRequest(templates: templates, date: try TemplateDate(iso8601: "2026-01-15T12:00:00"))
            for line in try StandardInput.text(ofFile: folder.appending(path: file).path).split(separator: "\n") {
                guard case .dictionary(let fields) = try TemplateValue(json: String(line)) else { continue }
                count += 1
                let wanted: TemplateRequest.Reply? =
                    switch (fields["expected"], fields["error"]) {
                    case (.string(let text)?, _): .text(text)
                    case (_, .string(let message)?): .error(message)
                    default: nil
                    }
                #expect(request.reply(to: Array(line.utf8), number: 1) == wanted, "\(file): \(fields["case"]?.json ?? "")")
            }
        }
        #expect(count > 2_000)
    }

    @Test func `lines are read one by one, the last without a newline too`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let text = "a\n\n" + String(repeating: "b", count: 200_000) + "\nc"
        let writer = ends[1]
        Thread.detachNewThread {
            FileHandle(fileDescriptor: writer, closeOnDealloc: true).write(Data(text.utf8))
        }
        var lines = InputLines(ends[0])
        var lengths: [Int] = []
        while let line = try lines.next() { lengths.append(line.count) }
        close(ends[0])
        #expect(lengths == [1, 0, 200_000, 1])
    }
}
