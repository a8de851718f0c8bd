import ArgumentParser
import Foundation
import MullamaServer

/// `mullama daemon status`: whether there is one, and what it is at.
struct DaemonStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the daemon is running, since when, and what it is doing."
    )

    @Flag(help: "Print a JSON object.")
    var json = false

    func run() throws {
        let socket = DaemonPaths.current.socket
        let record = DaemonPaths.record(of: socket)
        guard let pid = DaemonLock.holder(record) else { throw DaemonError.notRunning(socket: socket) }
        try Interruption.shared.run { [json] in
            try await DaemonClient.with(socket) { client in
                let status = try LocalStatus(json: try await client.get("/status"))
                let isReady = await client.readiness()?.isReady ?? false
                let report = DaemonStatus(pid: pid, DaemonRecord.read(record), status, isReady: isReady, now: .now)
                try await Output.standard.send(json ? JSONText.document(report) : report.table.text)
            }
        }
    }
}
