/// A rule, written or made up for a group or a repetition.
struct GrammarSymbol: Sendable {
    enum Origin: Sendable, Equatable {
        case rule(String)
        case group
        case repetition
    }

    var origin: Origin
    /// Where it is defined, or first named as long as it is not.
    var offset: Int
    /// Where its body stands in ``GrammarRules/elements``; nil before its definition.
    var body: Range<Int>?

    var name: String? {
        if case .rule(let name) = self.origin { name } else { nil }
    }
}
