import HTTPTypes
import HummingbirdTesting
import Testing

@testable import MullamaServer

@Suite("Pages in browsers", .timeLimit(.minutes(1)))
struct BrowserTests {
    private static let body = #"{"prompt": "abc", "max_tokens": 6}"#

    @Test(
        "Hosts that name this machine",
        arguments: [
            nil, "localhost", "LOCALHOST:8080", "localhost.", "a.localhost:1", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "::1",
            "box.example:8080",
        ]
    )
    func hosts(authority: String?) {
        #expect(HostPolicy(listening: [.tcp(host: "127.0.0.1", port: 8080)], hosts: ["box.example"]).allows(authority))
    }

    @Test(
        "Hosts that may have been made to lead here",
        arguments: [
            "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5", "", "0x7f.1",
            "notlocalhost",
        ]
    )
    func foreignHosts(authority: String) {
        #expect(!HostPolicy(listening: [.tcp(host: "127.0.0.1", port: 8080)]).allows(authority))
    }

    @Test("A server that listens everywhere is called by any address, and by the names that it was given")
    func everywhere() {
        let policy = HostPolicy(listening: [.tcp(host: "0.0.0.0", port: 8080)], hosts: ["Box.Example"])
        #expect(policy.allows("192.168.1.5:8080"))
        #expect(policy.allows("[fe80::1]:8080"))
        #expect(policy.allows("box.example"))
        #expect(!policy.allows("evil.example"))
        #expect(HostPolicy(listening: [.tcp(host: "10.0.0.7", port: 80)]).allows("10.0.0.7"))
        #expect(!HostPolicy(listening: [.tcp(host: "10.0.0.7", port: 80)]).allows("10.0.0.8"))
    }

    @Test("A request that names another host is refused")
    func rebinding() async throws {
        try await TestServer().serve { running in
            let client = try await running.connect()
            try await client.send("GET /nothing HTTP/1.1\r\nHost: evil.example:\(running.port)\r\n\r\n")
            let answer = await client.receive("host_not_allowed")
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden"))
        }
    }

    @Test(
        "Pages of another origin are refused, whatever they send",
        arguments: ["https://evil.example", "null", "http://localhost:3000", "file://"]
    )
    func foreign(origin: String) async throws {
        try await TestServer().run { client async throws in
            for type in ["application/json", "text/plain"] {
                let refused = try await client.post("/v1/completions", Self.body, headers: [.origin: origin, .contentType: type])
                #expect(refused.status == .forbidden)
                #expect(refused.headers[.accessControlAllowOrigin] == nil)
                #expect(refused.text.contains("origin_not_allowed"))
            }
            let preflight = try await client.execute(
                uri: "/v1/completions",
                method: .options,
                headers: [.origin: origin, .accessControlRequestMethod: "POST"]
            ) { $0 }
            #expect(preflight.status == .forbidden)
        }
    }

    @Test("What browsers load for other pages without an Origin is refused too, but not a link that is followed")
    func fetchSite() async throws {
        try await TestServer().run { client async throws in
            for site in ["cross-site", "same-site"] {
                #expect(try await client.get("/nothing", headers: [.secFetchSite: site]).status == .forbidden)
                #expect(
                    try await client.post("/v1/completions", Self.body, headers: [.secFetchSite: site, .secFetchMode: "navigate"]).status
                        == .forbidden
                )
                #expect(try await client.get("/nothing", headers: [.secFetchSite: site, .secFetchMode: "navigate"]).status == .notFound)
            }
            for site in ["same-origin", "none"] {
                #expect(try await client.get("/nothing", headers: [.secFetchSite: site]).status == .notFound)
            }
        }
    }

    @Test("Who is no browser sends what it likes", arguments: ["application/x-www-form-urlencoded", "text/plain", "nonsense"])
    func curl(type: String) async throws {
        try await TestServer().run { client async throws in
            #expect(try await client.post("/v1/completions", Self.body, headers: [.contentType: type]).status == .ok)
        }
    }

    @Test("Pages that the server itself has sent, and those that were let in by name")
    func allowed() async throws {
        var settings = ServerSettings()
        settings.origins = ["https://Chat.example/"]
        try await TestServer(settings: settings).run { client async throws in
            #expect(try await client.post("/v1/completions", Self.body, headers: [.origin: "http://localhost"]).status == .ok)
            let origin = "https://chat.example"
            let answer = try await client.post("/v1/completions", Self.body, headers: [.origin: origin])
            #expect(answer.status == .ok)
            #expect(answer.headers[.accessControlAllowOrigin] == origin)
            #expect(answer.headers[.vary] == "Origin")
            // Errors can be read, too.
            #expect(try await client.get("/nothing", headers: [.origin: origin]).headers[.accessControlAllowOrigin] == origin)
            #expect(try await client.get("/nothing", headers: [.origin: "https://chat.example.evil"]).status == .forbidden)

            let preflight = try await client.execute(
                uri: "/v1/completions",
                method: .options,
                headers: [
                    .origin: origin, .accessControlRequestMethod: "POST",
                    .accessControlRequestHeaders: "authorization, content-type, x-stainless-os",
                    .requestPrivateNetwork: "true",
                ]
            ) { $0 }
            #expect(preflight.status == .noContent)
            #expect(preflight.headers[.accessControlAllowOrigin] == origin)
            #expect(preflight.headers[.accessControlAllowMethods]?.contains("POST") == true)
            #expect(preflight.headers[.accessControlAllowHeaders] == "authorization, content-type, x-stainless-os")
            #expect(preflight.headers[.accessControlMaxAge] == "600")
            #expect(preflight.headers[.allowPrivateNetwork] == "true")
        }
    }

    @Test("All origins, if that is what was asked for")
    func all() {
        let policy = OriginPolicy(["*"])
        let request = HTTPRequest(
            method: .get,
            scheme: nil,
            authority: "localhost",
            path: "/",
            headerFields: [.origin: "https://any.example"]
        )
        #expect(policy.origin(of: request) == .allowed("https://any.example"))
    }
}
