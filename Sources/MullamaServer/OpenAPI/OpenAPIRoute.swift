import Hummingbird

/// `/openapi.json`: the description of all the other operations, and of itself.
struct OpenAPIRoute: Sendable {
    /// What else is served.
    let others: [Route]
    let version: String

    var route: Route {
        var all = self.others
        // What it answers is made of the list that it stands in.
        let own = Route(.get, "/openapi.json", .open, "Describe all of this, in OpenAPI 3.1.") { _, _ in Response(status: .ok) }
        all.append(own)
        let json = OpenAPIDocument(routes: all, version: self.version).json
        return Route(own.method, own.path, own.scope, own.summary) { _, _ in Response(json: json) }
    }
}
