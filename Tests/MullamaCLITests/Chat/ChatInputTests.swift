import Testing

@testable import MullamaCLI

struct ChatInputTests {
    @Test(
        arguments: [
            ("hello", .message("hello")), ("  hello ", .message("  hello ")), ("", .nothing), (" \t", .nothing),
            ("//etc is a folder", .message("/etc is a folder")),
            ("/help", .help), ("/?", .help), ("/help  ", .help), ("/bye", .leave), ("/exit", .leave), ("/quit", .leave), ("/clear", .clear),
            ("/regenerate", .regenerate), ("/system", .system(nil)), ("/system Be  brief. ", .system("Be  brief.")),
            ("/system a\nb", .system("a\nb")), ("/save a b.json", .save("a b.json")), ("/load ~/x", .load("~/x")),
        ] as [(String, ChatInput)]
    )
    func `what a line means`(_ line: String, _ input: ChatInput) {
        #expect(ChatInput(line) == input)
    }

    @Test(arguments: ["/foo", "/", "/helpme", "/save", "/load  ", "/clear all", "/bye now"])
    func `a mistake is told with what would be right`(_ line: String) {
        guard case .mistake(let what) = ChatInput(line) else {
            Issue.record("\(line) means something")
            return
        }
        #expect(what.contains(line.prefix { $0 != " " }))
    }

    @Test(
        arguments: [
            (["hello"], ["hello"]), (["a\\", "b"], ["a\nb"]), (["a\\", "b\\", "", "c"], ["a\nb\n", "c"]),
            (["\"\"\"", "a", "", "b", "\"\"\""], ["a\n\nb"]),
            (["\"\"\"a", "b\"\"\" "], ["a\nb"]), (["\"\"\"a\"\"\""], ["a"]), (["  \"\"\"", "/help", "\"\"\"", "c"], ["/help", "c"]),
            (["\"\"\"\"\"\""], [""]), (["\"\"\"", "a\\", "\"\"\""], ["a\\"]), (["say \"\"\""], ["say \"\"\""]), (["a\\"], []),
            (["\"\"\"a"], []),
        ] as [([String], [String])]
    )
    func `lines and the messages that they make`(_ lines: [String], _ messages: [String]) {
        var assembler = MessageAssembler()
        #expect(lines.compactMap { assembler.take($0) } == messages)
        #expect(assembler.isInside == messages.isEmpty)
    }
}
