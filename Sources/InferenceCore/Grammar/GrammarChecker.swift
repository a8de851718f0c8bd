/// Checks grammars in llama.cpp's GBNF before llama.cpp sees them. It writes parse errors to standard error only, and some grammars
/// make it crash or never return.
///
/// What llama.cpp takes, passes. Refused beyond that is what it takes and then fails on (tried with the version of llama-cpp-python 0.3.36):
/// `{3,2}` and left recursion through rules that are empty by way of other rules never return, groups or chains of rules that are nested
/// thousands deep overflow its stack, and a rule `root` that is only mentioned in a definition that a later one replaces is read out of
/// bounds.
public enum GrammarChecker {
    /// - Parameters:
    ///   - text: The grammar. Its first rule to be applied is the one named `root`.
    ///   - isToken: Whether a text in angle brackets, such as `<think>` (brackets included), is one token of the model's vocabulary. By
    ///     default every text counts as one.
    /// - Throws: The first error that was found.
    public static func check(_ text: String, isToken: (String) -> Bool = { _ in true }) throws(GrammarError) {
        let bytes = Array(text.utf8)
        do throws(GrammarFault) {
            var parser = GrammarParser(bytes)
            try parser.parse()
            for token in parser.tokens where !isToken(token.text) {
                throw GrammarFault(
                    at: token.offset,
                    "\(token.text) is not one token of this model: write it as a literal in quotes, or name a token by number, as in <[42]>"
                )
            }
            try parser.rules.checkDefinitions()
            try LeftRecursion(parser.rules).check()
        } catch {
            throw GrammarError(error, in: bytes)
        }
    }
}
