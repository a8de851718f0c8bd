import ArgumentParser
import ChatTemplates
import Foundation
import MullamaServer

/// `mullama explain`: where the time of a request went.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show why a request to the running daemon took the time that it took.",
        discussion: """
            The daemon knows the requests that are on their way, which mullama ps lists, and the last 1,000 that ended. Each answer says its id in \
            the header X-Request-Id; clients may give their own there.
            """
    )

    @Argument(help: "The request's id.")
    var id: String

    @Flag(help: "Print a JSON object, with times in milliseconds.")
    var json = false

    func run() throws {
        let id = self.id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? self.id
        try DaemonAccess.run { [json] client in
            if json {
                try await Output.standard.send(try await client.get("/requests/\(id)").json + "\n")
            } else {
                try await Output.standard.send(try await client.text("/requests/\(id)/explain"))
            }
        }
    }
}
