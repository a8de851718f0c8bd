import ArgumentParser
import Foundation
import Mullama
import MullamaServer

/// `mullama daemon stop`: has the daemon end in order.
struct DaemonStopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop the daemon, and wait until it has ended.",
        discussion: "Answers that are on their way may finish within its grace period. Does nothing if no daemon is running."
    )

    @Flag(help: "Kill it if it has not ended in that time.")
    var force = false

    func run() throws {
        let record = DaemonPaths.record(of: DaemonPaths.current.socket)
        // Who has the lock is the daemon, whatever the file says.
        guard let pid = DaemonLock.holder(record) else {
            try? Output.error.write("mullama: no daemon is running\n")
            return
        }
        let grace = DaemonRecord.read(record)?.grace ?? 30
        let stop = DaemonStop(record: record, pid: pid, patience: .seconds(grace + 15), isForced: self.force)
        try Interruption.shared.run { try await stop.run() }
    }
}
