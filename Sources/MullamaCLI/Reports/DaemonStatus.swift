import Foundation
import MullamaServer

/// What a daemon is and does, in short.
struct DaemonStatus: Encodable {
    let pid: Int32
    let addresses: [String]
    /// Seconds since it began to listen.
    let uptime: Double?
    let ready: Bool
    /// Those in memory, or on their way there.
    let models: [String]
    /// Requests that are being answered.
    let requests: Int

    init(pid: Int32, _ record: DaemonRecord?, _ status: LocalStatus, isReady: Bool, now: Date) {
        self.pid = pid
        self.addresses = record?.addresses ?? []
        self.uptime = record.map { max(0, now.timeIntervalSince($0.started)) }
        self.ready = isReady
        self.models = status.models.map(\.name)
        self.requests = status.requests
    }

    var table: TextTable {
        TextTable(rows: [
            ["process", "\(self.pid)"],
            ["addresses", self.addresses.joined(separator: ", ")],
            ["running for", self.uptime.map { Quantity.rough(.seconds($0)) } ?? "-"],
            ["ready", self.ready ? "yes" : "no"],
            ["models in memory", self.models.isEmpty ? "none" : self.models.joined(separator: ", ")],
            ["requests", "\(self.requests)"],
        ])
    }
}
