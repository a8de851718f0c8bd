import Crypto

/// A key that clients come with. The key itself is not kept, only its digest.
struct APIKey: Sendable {
    /// Who has it: for logs and limits.
    let name: String
    let scopes: Set<Route.Scope>
    let digest: SHA256Digest

    init(name: String, scopes: Set<Route.Scope>, key: some StringProtocol) {
        self.name = name
        self.scopes = scopes
        self.digest = SHA256.hash(data: Array(key.utf8))
    }
}
