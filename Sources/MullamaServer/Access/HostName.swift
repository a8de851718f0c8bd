import NIOCore

/// A host as it stands in a URL or a `Host` header, without its port.
struct HostName: Sendable, Hashable {
    /// In lower case, without brackets and without the dot of the root.
    let text: String

    /// - Parameter text: A name or an address. A port behind it is dropped.
    init(_ text: some StringProtocol) {
        var host = text.lowercased()[...]
        if host.first == "[" {
            host = host.dropFirst().prefix { $0 != "]" }
        } else if host.count(where: { $0 == ":" }) == 1 {
            host = host.prefix { $0 != ":" }
        }
        if host.last == "." { host.removeLast() }
        self.text = String(host)
    }

    var address: SocketAddress? { try? SocketAddress(ipAddress: self.text, port: 0) }

    /// Whether it names this machine, to itself alone.
    var isLoopback: Bool {
        if self.text == "localhost" || self.text.hasSuffix(".localhost") { return true }
        guard let address = self.address?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    /// Whether it stands for all addresses of the machine.
    var isWildcard: Bool { ["0.0.0.0", "::", "*"].contains(self.text) }
}
