/// A template after parsing.
struct ParsedTemplate {
    /// How many things of each kind were numbered.
    struct Counts {
        var names = 0
        /// The template itself is the scope 0.
        var scopes = 1
        /// The template itself is the function 0.
        var functions = 1
    }

    let source: [UInt8]
    let statements: [Statement]
    let counts: Counts
}
