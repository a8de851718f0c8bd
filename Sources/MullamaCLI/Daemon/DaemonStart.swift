import ChatTemplates
import Foundation
import Mullama
import MullamaServer

/// Starts a daemon and waits until it is ready.
struct DaemonStart: Sendable {
    /// Between two looks: short at first, since a small model is there at once; a large one takes minutes, and each look is a line in its log.
    private static let intervals = (first: Duration.milliseconds(10), last: Duration.milliseconds(500))
    /// What is shown of the log of one that has failed.
    private static let shownLines = 20

    let paths: DaemonPaths
    let socket: String
    let arguments: [String]

    private var record: String { DaemonPaths.record(of: self.socket) }

    /// - Throws: ``DaemonError`` or ``DaemonExit`` if it does not come up. `CancellationError` leaves it to go on.
    func run() async throws {
        if let pid = DaemonLock.holder(self.record) {
            try await self.waitUntilReady { if DaemonLock.holder(self.record) != pid { throw DaemonError.lost("(process \(pid)) ended") } }
            try? await Output.error.send("mullama: the daemon is running already (process \(pid))\n")
        } else {
            let log = DaemonLog(path: self.paths.log)
            let descriptor = try log.open()
            defer { close(descriptor) }
            let offset = log.size
            let process = try BackgroundProcess(self.arguments, output: descriptor)
            try await self.waitUntilReady {
                guard let status = process.ending() else { return }
                throw DaemonExit(status: status, log: self.paths.log, lines: try log.tail(Self.shownLines, from: offset).text)
            }
            try? await Output.error.send("mullama: the daemon is running (process \(process.id)), its log is \(self.paths.log)\n")
        }
        let addresses = DaemonRecord.read(self.record)?.addresses ?? []
        try await Output.standard.send(addresses.map { $0 + "\n" }.joined())
    }

    /// - Parameter check: Throws if it will never be.
    private func waitUntilReady(_ check: () throws -> Void) async throws {
        let progress = ProgressLine("Loading the model")
        defer { progress.erase() }
        var interval = Self.intervals.first
        func pause() async throws {
            try await Task.sleep(for: interval)
            interval = min(interval * 3 / 2, Self.intervals.last)
        }
        while !DaemonSocket.isLive(self.socket) {
            try check()
            try await pause()
        }
        try await DaemonClient.with(self.socket) { client in
            while await !client.isOK("/ready") {
                try check()
                if let value = try? await client.get("/status"), let status = try? LocalStatus(json: value) {
                    progress.show(status.models.first { $0.state == .loading }?.progress ?? 0)
                }
                try await pause()
            }
        }
    }
}
