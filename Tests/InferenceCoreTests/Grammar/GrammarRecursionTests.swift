import InferenceCore
import Testing

@Suite("GrammarChecker and left recursion")
struct GrammarRecursionTests {
    @Test(
        "is refused as llama.cpp refuses it",
        arguments: [
            ("root ::= root \"a\" | \"a\"", 1, "(root → root)"),
            ("root ::= a\na ::= b \"x\"\nb ::= c | \"y\"\nc ::= a", 2, "(a → b → c → a)"),
            ("root ::= (\"x\" | (root \"y\"))", 1, "(root → root)"),
            ("root ::= root*", 1, "(root → root)"),
            ("root ::= \"x\"\nunused ::= unused", 2, "(unused → unused)"),
            // Through a rule with an empty alternative, and through one that is nothing but empty.
            ("root ::= ws root \"a\" | \"a\"\nws ::= | \" \"", 1, "(root → root)"),
            ("root ::= none root \"a\" | \"a\"\nnone ::= \"\" | []", 1, "(root → root)"),
            ("root ::= \" \"{0} root", 1, "(root → root)"),
            ("root ::= \"x\"? root", 1, "(root → root)"),
        ]
    )
    func refused(text: String, line: Int, way: String) {
        let error = GrammarFixtures.error(of: text)
        #expect(error?.line == line)
        #expect(error?.column == 1)
        #expect(error?.message.contains(way) == true, "\(error?.message ?? "accepted")")
    }

    @Test(
        "is refused where llama.cpp does not see it and never returns",
        arguments: [
            "root ::= a root \"x\" | \"y\"\na ::= b\nb ::= | \"z\"",
            "root ::= (\"z\"?) root \"x\" | \"y\"",
            "root ::= \"(\" list \")\"\nlist ::= gap list \",\" | \"y\"\ngap ::= (\" \"*)",
        ]
    )
    func endless(text: String) {
        #expect(GrammarFixtures.error(of: text)?.message.contains("can begin with itself") == true)
    }

    @Test("a repetition of what may be empty is refused where llama.cpp refuses it")
    func emptyRepetition() {
        let error = GrammarFixtures.error(of: "root ::= \"x\" (\"a\" |)*")
        #expect(error?.column == 21)
        #expect(error?.message.contains("may be empty") == true)
    }

    @Test(
        "what only looks like it passes",
        arguments: [
            "root ::= \"a\" root | \"b\"",
            "root ::= a\na ::= \"(\" root \")\" | [a-z]",
            "root ::= | ws \"a\" root\nws ::= \" \"*",
            "root ::= (\"a\"?)*",
            "root ::= ((\"a\"?)* \"b\"?)*",
            "root ::= (\"a\" |){0,2000}",
            // It ends with itself behind what may be empty: llama.cpp comes round to where it was, and stops.
            "root ::= a root | \"y\"\na ::= b\nb ::= | \"z\"",
            // The answer never comes to the rule that would not end.
            "root ::= \"x\"\nlist ::= gap list \",\" | \"y\"\ngap ::= (\" \"*)",
            "root ::= \"x\" root | <[1]> root | . root",
        ]
    )
    func accepted(text: String) throws {
        try GrammarChecker.check(text)
    }

    @Test("a long cycle is not written out")
    func longCycle() throws {
        let rules = (0..<100).map { "r\($0) ::= r\(($0 + 1) % 100) | \"x\"\n" }.joined()
        let message = try #require(GrammarFixtures.error(of: "root ::= r0\n" + rules)?.message)
        #expect(message.contains("(r0 → r1 → r2 → r3 → r4 → r5 → r6 → … → r0)"))
    }
}
