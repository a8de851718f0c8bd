/// What a function, a filter, a test, a method or a macro is called with.
struct Arguments {
    var positional: [Value] = []
    var keywords: [(name: String, value: Value)] = []

    static var none: Arguments { Arguments() }

    var isEmpty: Bool { self.positional.isEmpty && self.keywords.isEmpty }

    /// How many levels of values lie in them.
    var depth: Int {
        max(self.positional.reduce(0) { max($0, $1.depth) }, self.keywords.reduce(0) { max($0, $1.value.depth) })
    }

    /// The arguments in the order of the parameters, nil where one was not given.
    ///
    /// - Throws: `type` if there are too many or unknown ones, or fewer than `required`.
    func bound(to names: [String], required: Int = 0, of function: String) throws(TemplateError) -> [Value?] {
        guard self.positional.count <= names.count else {
            throw .type("\(function) takes at most \(names.count) argument(s), \(self.positional.count) were given")
        }
        var values: [Value?] = self.positional
        values.append(contentsOf: repeatElement(nil, count: names.count - values.count))
        for (name, value) in self.keywords {
            guard let place = names.firstIndex(of: name) else { throw .type("\(function) got an unexpected keyword argument '\(name)'") }
            guard values[place] == nil else { throw .type("\(function) got multiple values for argument '\(name)'") }
            values[place] = value
        }
        for place in 0..<required where values[place] == nil {
            throw .type("\(function) misses the argument '\(names[place])'")
        }
        return values
    }

    /// As `bound`, for what takes no keywords.
    func positional(_ range: ClosedRange<Int>, of function: String) throws(TemplateError) -> [Value] {
        guard self.keywords.isEmpty else { throw .type("\(function) takes no keyword arguments") }
        guard range.contains(self.positional.count) else {
            let expected = range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw .type("\(function) takes \(expected) argument(s), \(self.positional.count) were given")
        }
        return self.positional
    }
}
