import Crypto

/// The keys that are let in.
package struct KeyRing: Sendable {
    let keys: [APIKey]

    init(_ keys: [APIKey]) {
        self.keys = keys
    }

    /// How many keys there are.
    package var count: Int { self.keys.count }

    /// The key that a client came with. How long it takes tells nothing of the keys that are there: all are compared, and each in constant time.
    func key(_ presented: some StringProtocol) -> APIKey? {
        let digest = SHA256.hash(data: Array(presented.utf8))
        var match: APIKey?
        for key in self.keys where key.digest == digest { match = key }
        return match
    }
}
