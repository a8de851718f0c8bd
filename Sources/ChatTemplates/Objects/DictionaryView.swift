/// What `keys()`, `values()` and `items()` of a dictionary give.
final class DictionaryView: Object {
    enum Kind: String {
        case keys
        case values
        case items
    }

    private let kind: Kind
    private let storage: DictionaryStorage

    init(_ kind: Kind, of storage: DictionaryStorage) {
        self.kind = kind
        self.storage = storage
        super.init(depth: storage.depth + 1)
    }

    var items: [Value] {
        switch self.kind {
        case .keys: self.storage.keys
        case .values: self.storage.values
        case .items: zip(self.storage.keys, self.storage.values).map { .tuple(ListStorage([$0, $1])) }
        }
    }

    override var typeName: String { "dict_\(self.kind.rawValue)" }
    override var weight: Int { self.storage.weight }
    override var isIterable: Bool { true }
    override var isHashable: Bool { self.kind == .values }
    override var length: Int? { self.storage.count }
    override func makeIterator(_ evaluator: Evaluator) throws(TemplateError) -> ValueIterator { ValueIterator(self.items) }
    override func equals(_ other: Object) -> Bool {
        guard let other = other as? DictionaryView, self.kind == other.kind, self.kind != .values else { return false }
        guard self.storage.count == other.storage.count else { return false }
        return zip(self.storage.keys, self.storage.values).allSatisfy { key, value in
            other.storage[key].map { self.kind == .keys || value.equals($0) } ?? false
        }
    }
    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("\(self.typeName)(")
        try evaluator.write(.list(ListStorage(self.items)), into: &bytes, quoting: true)
        bytes.append(")")
    }
}
