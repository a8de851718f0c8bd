import InferenceCore
import Testing

@Suite("GrammarChecker and large grammars")
struct GrammarLimitTests {
    private static func nested(_ depth: Int) -> String {
        "root ::= " + String(repeating: "(", count: depth) + "\"a\"" + String(repeating: ")", count: depth)
    }

    @Test("groups nested 500 deep pass, one more is an error and not a crash, as are 10,000 and 1,000,000")
    func depth() throws {
        try GrammarChecker.check(Self.nested(500))
        for depth in [501, 10_000, 1_000_000] {
            let error = GrammarFixtures.error(of: Self.nested(depth))
            #expect(error?.column == 510)
            #expect(error?.message.contains("more than 500 groups") == true)
        }
    }

    /// Each rule begins with the next one, which llama.cpp follows by calling itself.
    private static func chain(_ length: Int) -> String {
        "root ::= r0\n" + (0..<length).map { "r\($0) ::= r\($0 + 1)\n" }.joined() + "r\(length) ::= .\n"
    }

    @Test("a chain of 2,900 rules passes, one of 100,000 is an error")
    func chains() throws {
        try GrammarChecker.check(Self.chain(2_900))
        #expect(GrammarFixtures.error(of: Self.chain(100_000))?.message.contains("more than 3000 rules") == true)
    }

    @Test("rules that can begin in exponentially many ways are an error")
    func ways() throws {
        let rules = (0..<200).map { "r\($0) ::= r\($0 + 1) | r\($0 + 1) \"y\"\n" }.joined()
        let error = GrammarFixtures.error(of: "root ::= r0\n" + rules + "r200 ::= .")
        #expect(error?.message.contains("too many ways") == true)
    }

    @Test("llama.cpp's limit on nested repetitions")
    func repetitions() throws {
        try GrammarChecker.check("root ::= (.{0,40} \"a\"){0,48}")
        #expect(GrammarFixtures.error(of: "root ::= (.{0,40} \"a\"){0,49}")?.message.contains("stands for 2009 rules") == true)
        try GrammarChecker.check("root ::= (a b c){500}\na ::= .\nb ::= .\nc ::= .")
        // A rule that is named for the first time inside the group counts, one that was named before does not.
        #expect(GrammarFixtures.error(of: "root ::= (a b c){501}\na ::= .\nb ::= .\nc ::= .")?.message.contains("2004 rules") == true)
        try GrammarChecker.check("a ::= .\nb ::= .\nc ::= .\nroot ::= (a b c){2000}")
        #expect(GrammarFixtures.error(of: "root ::= .{50}{41}")?.message.contains("2050 rules") == true)
    }

    @Test("repetitions that would fill the memory are an error")
    func expansion() {
        let literal = "root ::= \"" + String(repeating: "a", count: 5_000) + "\"{1000}"
        #expect(GrammarFixtures.error(of: literal)?.message.contains("stand for 4995000 elements and 4000000 are allowed") == true)
        let signs = "root ::= \"a\"" + String(repeating: "+", count: 100_000)
        #expect(GrammarFixtures.error(of: signs)?.message.contains("4000000 are allowed") == true)
    }

    @Test("a long grammar passes")
    func long() throws {
        try GrammarChecker.check((0..<5_000).map { "r\($0) ::= \"x\" r\($0 + 1) [a-z]*\n" }.joined() + "r5000 ::= .\nroot ::= r0")
        try GrammarChecker.check("root ::= " + String(repeating: "(\"a\")", count: 20_000))
    }
}
