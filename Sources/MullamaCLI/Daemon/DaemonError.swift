/// What is wrong with a daemon, as opposed to what it was asked.
enum DaemonError: Error, Equatable {
    /// - Parameter socket: Where nobody listens.
    case notRunning(socket: String)
    /// It went away, or does not answer as one.
    case lost(String)
    /// It is there, and does not do what it should.
    case failed(String)
    /// Another of its clients has ended the request.
    case cancelled(String)

    var message: String {
        switch self {
        case .notRunning(let socket): "no daemon listens at \(socket): start one with `mullama daemon start`"
        case .lost(let what): "the daemon \(what): see `mullama daemon logs`"
        case .failed(let what), .cancelled(let what): what
        }
    }

    var code: String {
        switch self {
        case .notRunning: "daemonNotRunning"
        case .lost: "daemonLost"
        case .failed: "daemonFailed"
        case .cancelled: "cancelled"
        }
    }
}
