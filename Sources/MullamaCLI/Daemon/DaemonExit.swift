/// A daemon that ended while it was started.
struct DaemonExit: Error {
    /// Of its exit.
    let status: Int32
    let log: String
    /// The last lines of its log.
    let lines: String
}
