/// How often an item may come: `*`, `+`, `?` and `{m,n}`.
struct GrammarRepetition: Sendable, Equatable {
    /// llama.cpp's limit, for a repetition and for nested ones multiplied.
    static let most = 2000
    /// What repetitions may be expanded to, in elements of rules. llama.cpp has no such limit and takes some 50 bytes for each.
    static let mostElements = 4_000_000

    var least: Int
    /// nil: without limit.
    var atMost: Int?

    /// How many rules llama.cpp counts for it.
    var rules: Int {
        if let atMost = self.atMost, atMost > 0 { atMost } else { max(1, self.least) }
    }

    /// How many rules are made for it: one that calls itself, or one for each copy that may be left out.
    var optionalCopies: Int {
        self.atMost.map { $0 - self.least } ?? 1
    }

    /// How many elements it makes of an item that has `count`.
    func elements(forItemOf count: Int) -> Int {
        max(0, self.least - 1) * count + self.optionalCopies * (count + 3)
    }
}
