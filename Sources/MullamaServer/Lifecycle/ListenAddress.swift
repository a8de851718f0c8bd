/// Where a server listens.
package enum ListenAddress: Sendable, Hashable {
    /// A port of 0 takes one that is free.
    case tcp(host: String, port: Int)
    /// A socket file. Who may read and write it is let in without a key.
    case unix(path: String)

    /// Whether it cannot be reached from other machines.
    package var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): HostName(host).isLoopback
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// What clients connect to.
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}
