/// The entries of a dictionary, in the order in which they were added.
final class DictionaryStorage {
    /// Up to here a search from the front is faster than an index.
    private static let unindexed = 8

    let keys: [Value]
    let values: [Value]
    private let places: [Key: Int]
    let depth: Int
    let weight: Int

    /// A key that can be hashed; whether it can was checked by `Value.checkHashable`.
    struct Key: Hashable {
        let value: Value
        static func == (left: Key, right: Key) -> Bool { left.value.equals(right.value) }
        func hash(into hasher: inout Hasher) { self.value.hash(into: &hasher) }
    }

    /// Entries of which no two have the same key.
    init(uniqueKeys keys: [Value], values: [Value]) {
        self.keys = keys
        self.values = values
        var places: [Key: Int] = [:]
        if keys.count > Self.unindexed {
            places.reserveCapacity(keys.count)
            for (place, key) in keys.enumerated() { places[Key(value: key)] = place }
        }
        self.places = places
        var depth = 0
        var weight = 1
        for value in keys { (depth, weight) = (max(depth, value.depth), weight.addingSaturated(value.weight)) }
        for value in values { (depth, weight) = (max(depth, value.depth), weight.addingSaturated(value.weight)) }
        self.depth = depth + 1
        self.weight = weight
    }

    /// Entries of which a later one takes the place of an earlier one with the same key.
    convenience init(keys: [Value], values: [Value]) {
        var seen: [Key: Int] = [:]
        var uniqueKeys: [Value] = []
        var uniqueValues: [Value] = []
        for (key, value) in zip(keys, values) {
            if let place = seen[Key(value: key)] {
                uniqueValues[place] = value
            } else {
                seen[Key(value: key)] = uniqueKeys.count
                uniqueKeys.append(key)
                uniqueValues.append(value)
            }
        }
        self.init(uniqueKeys: uniqueKeys, values: uniqueValues)
    }

    var count: Int { self.keys.count }

    /// The value of a key that can be hashed.
    subscript(key: Value) -> Value? {
        if self.keys.count > Self.unindexed { return self.places[Key(value: key)].map { self.values[$0] } }
        for (place, other) in self.keys.enumerated() where other.equals(key) { return self.values[place] }
        return nil
    }

    subscript(key: Text) -> Value? {
        if self.keys.count > Self.unindexed { return self.places[Key(value: .string(key))].map { self.values[$0] } }
        for (place, other) in self.keys.enumerated() {
            if case .string(let text) = other, text == key { return self.values[place] }
        }
        return nil
    }
}
