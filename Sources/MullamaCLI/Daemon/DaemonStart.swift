import ChatTemplates
import Foundation
import Mullama
import MullamaServer

/// Starts a daemon and waits until it is ready; or finds the one that is there.
struct DaemonStart: Sendable {
    /// Between two looks: short at first, since a small model is there at once; a large one takes minutes, and each look is a line in its log.
    private static let intervals = (first: Duration.milliseconds(10), last: Duration.milliseconds(500))
    /// What is shown of the log of one that has failed.
    private static let shownLines = 20

    /// How often a record is looked for that comes within milliseconds.
    private static let recordLooks = 20

    let paths: DaemonPaths
    let socket: String
    let arguments: [String]

    private var record: String { DaemonPaths.record(of: self.socket) }

    /// - Throws: ``DaemonError`` or ``DaemonExit`` if it does not come up. `CancellationError` leaves it to go on.
    func run() async throws {
        let addresses =
            if let pid = DaemonLock.holder(self.record) { try await self.join(pid) } else { try await self.start() }
        try await Output.standard.send(addresses.map { $0 + "\n" }.joined())
    }

    /// - Returns: The addresses of the daemon that is there.
    private func join(_ pid: pid_t) async throws -> [String] {
        let record = try await self.waitUntilReady(pid) { readiness in
            guard DaemonLock.holder(self.record) == pid else { throw DaemonError.lost("(process \(pid)) ended") }
            // A new one becomes ready; what else stands in the way may stay.
            guard let readiness, !readiness.isReady, !readiness.isStarting, let message = readiness.message else { return }
            throw DaemonError.failed("the daemon is running (process \(pid)), but takes no requests: \(message)")
        }
        try? await Output.error.send("mullama: the daemon is running already (process \(pid))\n")
        return record.addresses
    }

    private func start() async throws -> [String] {
        let log = DaemonLog(path: self.paths.log)
        let descriptor = try log.open()
        defer { close(descriptor) }
        let offset = log.size
        // By name: without the socket it would be a daemon that nobody finds.
        let process = try BackgroundProcess(self.arguments + [SettingName.socket.flag, self.socket], output: descriptor)
        do {
            let record = try await self.waitUntilReady(process.id) { _ in
                guard let status = process.ending() else { return }
                throw DaemonExit(status: status, log: self.paths.log, lines: try log.tail(Self.shownLines, from: offset).text)
            }
            try? await Output.error.send("mullama: the daemon is running (process \(process.id)), its log is \(self.paths.log)\n")
            return record.addresses
        } catch let exit as DaemonExit {
            // Another one, started at the same time, has the socket.
            guard let other = DaemonLock.holder(self.record), other != process.id else { throw exit }
            return try await self.join(other)
        }
    }

    /// Waits until that process has the socket, takes requests, and has written down where.
    ///
    /// - Parameter check: Throws if it will never be. It is told what the daemon says of itself, once it says something.
    private func waitUntilReady(_ pid: pid_t, _ check: (DaemonReadiness?) throws -> Void) async throws -> DaemonRecord {
        let progress = ProgressLine("Loading the model")
        defer { progress.erase() }
        var interval = Self.intervals.first
        func pause() async throws {
            try await Task.sleep(for: interval)
            interval = min(interval * 3 / 2, Self.intervals.last)
        }
        while DaemonLock.holder(self.record) != pid || !DaemonSocket.isLive(self.socket) {
            try check(nil)
            try await pause()
        }
        try await DaemonClient.with(self.socket) { client in
            while true {
                let readiness = await client.readiness()
                if readiness?.isReady == true { break }
                try check(readiness)
                if let value = try? await client.get("/status"), let status = try? LocalStatus(json: value) {
                    progress.show(status.models.first { $0.state == .loading }?.progress ?? 0)
                }
                try await pause()
            }
        }
        // It listens a moment before it writes; until then the file has nothing, or what another one left.
        for _ in 0..<Self.recordLooks {
            if let record = DaemonRecord.read(self.record), record.pid == pid { return record }
            try check(nil)
            try await pause()
        }
        throw DaemonError.failed("the daemon is running (process \(pid)), but has not written to \(self.record) where it listens")
    }
}
