/// Which hosts requests may name. A page in a browser can have its own name resolve to this machine, and would be let in as if it came from here
/// (DNS rebinding); but the browser then sends that name.
///
/// Ports do not matter: no name that is let in can be made to lead elsewhere, and tunnels and containers move ports.
struct HostPolicy: Sendable {
    private let names: Set<String>
    /// Addresses of the machine are not known one by one, but nobody can make an address resolve to another.
    private let allowsAddresses: Bool

    /// - Parameters:
    ///   - addresses: Where the server listens.
    ///   - hosts: Further names that lead to it.
    init(listening addresses: [ListenAddress] = [], hosts: [String] = []) {
        var names = Set(hosts.map { HostName($0).text })
        var allowsAddresses = false
        for case .tcp(let host, _) in addresses {
            let host = HostName(host)
            if host.isWildcard { allowsAddresses = true } else { names.insert(host.text) }
        }
        self.names = names
        self.allowsAddresses = allowsAddresses
    }

    /// - Parameter authority: The request's `Host`; nil for none, which no browser leaves out.
    func allows(_ authority: String?) -> Bool {
        guard let authority else { return true }
        let host = HostName(authority)
        return host.isLoopback || self.names.contains(host.text) || self.allowsAddresses && host.address != nil
    }
}
