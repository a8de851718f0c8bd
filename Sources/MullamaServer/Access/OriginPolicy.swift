import HTTPTypes

/// Which pages in browsers may use the server.
struct OriginPolicy: Sendable {
    enum Origin: Equatable {
        /// Not a page, or one that the server itself has sent.
        case own
        /// A page that was let in by name.
        case allowed(String)
        case foreign(String)
    }

    /// Such as `https://chat.example.com`; `*` for all.
    private let allowed: Set<String>

    init(_ origins: [String]) {
        self.allowed = Set(origins.map(Self.plain))
    }

    func origin(of request: HTTPRequest) -> Origin {
        guard let origin = request.headerFields[.origin] else {
            // Pictures, scripts and forms of other pages have no Origin in all cases, but browsers tell where they come from. Who follows a link
            // to here reads the answer himself.
            let site = request.headerFields[.secFetchSite]
            let isRead = request.method == .get && request.headerFields[.secFetchMode] == "navigate"
            return site == "cross-site" || site == "same-site" ? isRead ? .own : .foreign(site ?? "") : .own
        }
        if self.allowed.contains("*") || self.allowed.contains(Self.plain(origin)) { return .allowed(origin) }
        guard let authority = request.authority else { return .foreign(origin) }
        let own = ["http://", "https://"].map { Self.plain($0 + authority) }
        return own.contains(Self.plain(origin)) ? .own : .foreign(origin)
    }

    private static func plain(_ origin: String) -> String {
        let origin = origin.lowercased()
        return origin.hasSuffix("/") ? String(origin.dropLast()) : origin
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("sec-fetch-site")!
    static let secFetchMode = Self("sec-fetch-mode")!
    static let requestPrivateNetwork = Self("access-control-request-private-network")!
    static let allowPrivateNetwork = Self("access-control-allow-private-network")!
}
