import InferenceCore
import Testing

/// Every grammar here was tried with llama.cpp, which takes it.
@Suite("GrammarChecker accepts")
struct GrammarAcceptanceTests {
    @Test("whole grammars, with any line ends", arguments: GrammarFixtures.all)
    func grammars(text: String) throws {
        try GrammarChecker.check(text)
        try GrammarChecker.check(String(text.map { $0 == "\n" ? "\r\n" : $0 }))
        try GrammarChecker.check(String(text.map { $0 == "\n" ? "\r" : $0 }))
    }

    @Test(
        "single constructs",
        arguments: [
            #"root ::= "a""#, "root::=[a-z]", "root ::=", "root ::= |", #"root ::= """#, "root ::= []", "root ::= [^]", "root ::= .",
            #"root ::= "\x41\u00e9\U0001F600\t\r\n\\\"\[\]\-""#, #"root ::= [\]\-\[\\^"a-]"#, "root ::= [a-]", "root ::= [--z]",
            "root ::= [z-a]", #"root ::= [\x00-\U00110000]"#, "root ::= \"two\nlines\"", "root ::= a#\na ::= \"x\"#end",
            "# first\n\n  \troot ::= # here\n \"a\" |\n \"b\"\n\n", "root ::= (\n\"a\"\n\n|\n# none\n)\n", "A-1 ::= .\nroot ::= A-1",
            "root ::= a\na ::= \"x\"\na ::= \"y\"", "root ::= gone\nroot ::= \"x\"", "root ::= () \"x\"",
            "root ::= <think>", "root ::= !<[0]>", "root ::= < any text\n at all >",
        ]
    )
    func constructs(text: String) throws {
        try GrammarChecker.check(text)
    }

    @Test(
        "repetitions",
        arguments: [
            "*", "+", "?", "{0}", "{3}", "{3,}", "{3,7}", "{0,2000}", "{2000}", "{ 2 , 3 }", "{ 2\t}", "+*?", "{1,2}{3}+", "{44}{45}",
            // llama.cpp takes limits beyond its own for none.
            "{2000,2001}", "{0,18446744073709551615}",
        ]
    )
    func repetitions(sign: String) throws {
        try GrammarChecker.check("root ::= \"ab\"\(sign)")
        try GrammarChecker.check("root ::= [a-z] \(sign) | .\(sign)")
        try GrammarChecker.check("root ::= (x\(sign))\nx ::= \"x\"")
    }

    @Test("a token's text is asked for, with its brackets and without '!'")
    func tokens() throws {
        try GrammarChecker.check(GrammarFixtures.thinking) { ["<think>", "</think>"].contains($0) }
        let error = #expect(throws: GrammarError.self) {
            try GrammarChecker.check(GrammarFixtures.thinking) { $0 == "<think>" }
        }
        #expect(error?.line == 1)
        #expect(error?.column == 26)
        #expect(error?.message.hasPrefix("</think> is not one token of this model") == true)
    }
}
