/// The body of a rule or a group while it is being read.
struct GrammarSequence: Sendable {
    let symbol: Int
    /// Where the rule or group begins.
    let offset: Int
    private(set) var elements: [GrammarElement] = []
    /// Where in `elements` the item begins that a repetition would apply to; the end when there is none.
    private(set) var itemStart = 0
    /// How many rules llama.cpp counts for that item, times the repetitions it already has.
    var itemRules = 1

    init(symbol: Int, offset: Int) {
        self.symbol = symbol
        self.offset = offset
    }

    var item: ArraySlice<GrammarElement> { self.elements[self.itemStart...] }

    mutating func beginItem(rules: Int = 1) {
        self.itemStart = self.elements.count
        self.itemRules = rules
    }

    mutating func append(_ element: GrammarElement) {
        self.elements.append(element)
    }

    mutating func append(_ elements: some Sequence<GrammarElement>) {
        self.elements.append(contentsOf: elements)
    }

    mutating func beginAlternative() {
        self.elements.append(.alternative)
        self.beginItem()
    }

    /// Takes the item away. A repetition that follows then has nothing to apply to.
    mutating func removeItem() {
        self.elements.removeSubrange(self.itemStart...)
    }
}
