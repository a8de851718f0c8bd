/// What a template is rendered with: a value for each name, such as `messages`, `tools` and `add_generation_prompt`.
public typealias TemplateVariables = TemplateDictionary

/// Values by name, in the order in which the names were first set.
///
/// The order is what a template sees when it goes through a dictionary or writes it as JSON. Names are compared byte by byte, as Python
/// compares them: a precomposed and a decomposed “é” are two names.
public struct TemplateDictionary: Sendable {
    private struct Name: Sendable, Hashable {
        let text: String

        static func == (left: Name, right: Name) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            for byte in self.text.utf8 { hasher.combine(byte) }
        }
    }

    /// Up to here a search from the front is faster than an index.
    private static let unindexed = 8

    private var entries: [(key: String, value: TemplateValue)] = []
    private var places: [Name: Int] = [:]

    public init() {}

    /// The entries in the order given; of two with the same key the later value stands, at the place of the earlier.
    public init(_ entries: some Sequence<(key: String, value: TemplateValue)>) {
        for entry in entries { self[entry.key] = entry.value }
    }

    /// The names in their order.
    public var keys: [String] { self.entries.map(\.key) }
    /// The values in the order of their names.
    public var values: [TemplateValue] { self.entries.map(\.value) }

    private func place(of key: String) -> Int? {
        guard self.entries.count <= Self.unindexed else { return self.places[Name(text: key)] }
        return self.entries.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }

    private mutating func index() {
        guard self.entries.count > Self.unindexed else {
            self.places = [:]
            return
        }
        guard self.places.count != self.entries.count else { return }
        self.places = [:]
        for (place, entry) in self.entries.enumerated() { self.places[Name(text: entry.key)] = place }
    }

    /// The value of a name; setting nil removes it.
    public subscript(key: String) -> TemplateValue? {
        get { self.place(of: key).map { self.entries[$0].value } }
        set {
            let place = self.place(of: key)
            switch (place, newValue) {
            case (let place?, let value?): self.entries[place].value = value
            case (let place?, nil):
                self.entries.remove(at: place)
                self.places = [:]
                self.index()
            case (nil, let value?):
                self.entries.append((key, value))
                if self.entries.count > Self.unindexed + 1 {
                    self.places[Name(text: key)] = self.entries.count - 1
                } else {
                    self.index()
                }
            case (nil, nil): break
            }
        }
    }
}

extension TemplateDictionary: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { self.entries.count }
    public subscript(position: Int) -> (key: String, value: TemplateValue) { self.entries[position] }
}

extension TemplateDictionary: Hashable {
    /// Whether both hold the same entries in the same order.
    public static func == (left: TemplateDictionary, right: TemplateDictionary) -> Bool {
        left.count == right.count
            && zip(left.entries, right.entries).allSatisfy { Name(text: $0.key) == Name(text: $1.key) && $0.value == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        for entry in self.entries {
            hasher.combine(Name(text: entry.key))
            hasher.combine(entry.value)
        }
    }
}

extension TemplateDictionary: ExpressibleByDictionaryLiteral {
    /// Of two entries with the same key the later value stands, at the place of the earlier.
    public init(dictionaryLiteral elements: (String, TemplateValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}
