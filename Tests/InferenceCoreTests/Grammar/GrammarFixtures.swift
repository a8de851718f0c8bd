import InferenceCore

/// Grammars of the kinds that people write, with every construct of GBNF among them.
enum GrammarFixtures {
    static let json = #"""
        root   ::= value
        value  ::= object | array | string | number | ("true" | "false" | "null") ws
        object ::=
          "{" ws (
            member
            ("," ws member)*   # further members
          )? "}" ws
        member ::= string ":" ws value
        array  ::= "[" ws ( value ("," ws value)* )? "]" ws
        string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
        number ::= "-"? ([0-9] | [1-9] [0-9]{0,15}) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,})? ws
        # white space comes after what it follows
        ws ::= | " " | "\n" [ \t]{0,20}

        """#

    static let sums = #"""
        root  ::= (sum "=" number "\n")+
        sum   ::= term ([-+] term)*
        term  ::= factor ([*/%] factor)*
        factor ::= number | name | "(" sum ")"
        name  ::= [a-zA-Z_] [a-zA-Z_0-9]*
        number ::= [0-9]+
        """#

    static let kana = """
        root ::= (kana | sign)+ [ \\t\\n]?
        kana ::= [ぁ-ゟ] | [ァ-ヿ]
        sign ::= [、-〾] | "\\u300c" | "\\U0001F600" | "😀"
        """

    static let thinking = """
        root ::= <think> thought </think> .*
        thought ::= !</think>{0,500} !<[7]> <[4294967295]>
        """

    static let all = [Self.json, Self.sums, Self.kana, Self.thinking]

    static func error(of grammar: String) -> GrammarError? {
        do throws(GrammarError) {
            try GrammarChecker.check(grammar)
            return nil
        } catch {
            return error
        }
    }
}
