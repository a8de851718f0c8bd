import ArgumentParser

/// `mullama daemon`: a server in the background.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon",
        abstract: "Start, stop and watch a server in the background.",
        discussion: """
            The daemon of a user is the server that has the socket in MULLAMA_SOCKET, else mullama/mullama.sock in XDG_RUNTIME_DIR, else \
            run/mullama.sock in the user's cache of mullama, however it was started. Its log is in MULLAMA_STATE, else in the folder daemon of \
            that cache.
            """,
        subcommands: [DaemonStartCommand.self, DaemonStopCommand.self, DaemonStatusCommand.self, DaemonLogsCommand.self]
    )
}
