import InferenceCore
import Testing

@Suite("GrammarChecker rejects")
struct GrammarRejectionTests {
    @Test(
        "and says where and what",
        arguments: [
            ("", 1, 1, "the grammar is empty"),
            ("  # nothing\n", 1, 1, "the grammar is empty"),
            ("Root ::= \"a\"", 1, 1, "no rule named root"),
            // llama.cpp reads out of bounds here.
            ("a ::= root\na ::= \"x\"", 1, 7, "no rule named root"),
            ("root ::= one\none ::= two | three\nthree ::= .", 2, 9, "'two' is used here and defined nowhere: add a line two ::="),
            // The first definition is replaced, and what it names still counts.
            ("a ::= gone\na ::= .\nroot ::= a", 1, 7, "'gone'"),
            ("root = \"a\"", 1, 6, "expected '::=' after the name 'root' and found '='"),
            ("root :: = \"a\"", 1, 6, "found ':'"),
            ("my_rule ::= .", 1, 3, "found '_'"),
            ("root ::= .\n| \"x\"", 2, 1, "expected a rule, as in root ::= …, and found '|'"),
            ("\u{FEFF}root ::= .", 1, 1, "found U+FEFF"),
            ("root ::=\nother ::= .", 2, 7, "an empty rule must be written as \"\""),
            ("root ::= . )", 1, 12, "found ')': no group is open"),
            ("root ::= 'a'", 1, 10, "literals stand in quotes"),
            ("root ::= \"é\" né", 1, 15, "found 'é'"),
            ("root ::= . \u{7}", 1, 12, "found U+0007"),
            ("root ::= (\n  (\"a\"\n", 2, 3, "group is not closed: expected ')' and found the end of the grammar"),
            ("root ::= (. ]", 1, 10, "found ']'"),
            ("root ::= . (\"a\"", 1, 12, "group is not closed"),
            ("root ::= \"abc\n", 1, 10, "no closing quote"),
            ("root ::= \"\\", 1, 11, "followed by the end of the grammar"),
            ("root ::= [abc", 1, 10, "no closing ']'"),
            ("root ::= [a-", 1, 10, "no closing ']'"),
            ("root ::= [^", 1, 10, "no closing ']'"),
            ("\r\nroot ::= [a\\q]", 2, 12, "\\ is followed by 'q'"),
            ("root ::= \"\\é\"", 1, 11, "\\ is followed by 'é'"),
            ("root ::= \"\\'\"", 1, 11, "\\ is followed by"),
            ("root ::= \"\\x4\"", 1, 11, "\\x needs 2 hexadecimal digits"),
            ("root ::= \"\\u12g4\"", 1, 11, "\\u needs 4 hexadecimal digits, and 'g'"),
            ("root ::= \"\\U0001F60\"", 1, 11, "\\U needs 8 hexadecimal digits"),
            ("root ::= [\\x4", 1, 11, "the end of the grammar comes too early"),
            ("root ::= !x", 1, 11, "'!' must stand before a token"),
            ("root ::= <think", 1, 10, "no closing '>'"),
            ("root ::= <[]>", 1, 12, "expected the number of a token"),
            ("root ::= <[12>", 1, 14, "expected ']>'"),
            ("root ::= <[12] >", 1, 14, "expected ']>'"),
            ("root ::= <[4294967296]>", 1, 10, "token 4294967296 is more than"),
            ("root ::= <[99999999999999999999999]>", 1, 10, "is more than"),
            ("root ::= *", 1, 10, "nothing to repeat"),
            ("root ::= . | +", 1, 14, "nothing to repeat"),
            ("root ::= (?)", 1, 11, "nothing to repeat"),
            ("root ::= . \"\"*", 1, 14, "nothing to repeat"),
            ("root ::= .{0}{2}", 1, 14, "nothing to repeat"),
            ("root ::= .{", 1, 12, "expected how often to repeat"),
            ("root ::= .{,3}", 1, 12, "expected how often to repeat, as in {2}, {2,} or {2,5}, and found ','"),
            ("root ::= .{2", 1, 13, "expected ',' or '}'"),
            ("root ::= .{2;3}", 1, 13, "expected ',' or '}' in a repetition and found ';'"),
            ("root ::= .{2\n}", 1, 13, "found the end of the line"),
            ("root ::= .{2001}", 1, 11, "2001 repetitions are more than the 2000"),
            ("root ::= .{99999999999999999999}", 1, 11, "99999999999999999999 repetitions"),
            ("root ::= .{1,18446744073709551616}", 1, 11, "more than can be counted"),
            // These two never return.
            ("root ::= .{3,2}", 1, 11, "at most 2 and at least 3 cannot both be"),
            ("root ::= (\".\"{1,0})?", 1, 14, "at most 0 and at least 1"),
            ("root ::= \"a\0b\"", 1, 12, "NUL"),
        ]
    )
    func rejected(text: String, line: Int, column: Int, message: String) {
        let error = GrammarFixtures.error(of: text)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }

    @Test("and counts lines whatever ends them, and columns in characters")
    func positions() {
        #expect(
            GrammarFixtures.error(of: "# a\r\n# b\r# c\nroot ::= \"👩‍👩‍👧e\u{301}\" )")?.description.hasPrefix("line 4, column 15: ") == true
        )
    }

    @Test("a grammar cut anywhere never traps, and the error lies inside it", arguments: GrammarFixtures.all)
    func truncated(text: String) throws {
        for index in text.indices {
            let cut = text[..<index]
            guard let error = GrammarFixtures.error(of: String(cut)) else { continue }
            let lines = cut.split(separator: "\n", omittingEmptySubsequences: false)
            try #require((1...lines.count).contains(error.line))
            #expect((1...lines[error.line - 1].count + 1).contains(error.column))
        }
        #expect(GrammarFixtures.error(of: text + "\nlast ::= (") != nil)
        #expect(GrammarFixtures.error(of: text + "\nlast ::= \"") != nil)
    }
}
