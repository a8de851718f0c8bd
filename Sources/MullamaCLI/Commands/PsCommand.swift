import ArgumentParser
import Foundation
import MullamaServer

/// `mullama ps`: what the daemon has in memory, and what it is doing.
struct PsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "Show the models that the running daemon has in memory, and its requests."
    )

    @Flag(help: "Print a JSON object, with bytes and dates.")
    var json = false

    func run() throws {
        try DaemonAccess.run { [json] client in
            let status = try LocalStatus(json: try await client.get("/status"))
            let requests = RunningRequest.list(try await client.get("/requests?state=live"))
            let report = DaemonReport(status, requests)
            try await Output.standard.send(json ? JSONText.document(report) : report.text(now: .now))
        }
    }
}
