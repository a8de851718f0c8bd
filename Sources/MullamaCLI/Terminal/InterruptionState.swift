import Foundation

/// What has been interrupted, and by what.
struct InterruptionState {
    typealias Handler = @Sendable () -> Void

    enum Action {
        /// The command ends in order.
        case call(Handler)
        /// An answer ends, and the command goes on.
        case stop(Handler)
        /// The process ends now.
        case exit(ExitStatus)
    }

    /// The first signal that came.
    private(set) var signal: Int32?
    private var handler: Handler?
    private var stopper: Handler?

    /// - Parameter handler: Ends the command in order; nil when there is nothing to put in order.
    mutating func listen(_ handler: Handler?) {
        self.handler = handler
    }

    /// - Parameter handler: What Ctrl+C stops, however often it is pressed, instead of the command; nil for nothing.
    mutating func stop(_ handler: Handler?) {
        self.stopper = handler
    }

    mutating func receive(_ number: Int32) -> Action {
        if number == SIGINT, self.signal == nil, let stopper { return .stop(stopper) }
        if self.signal == nil { self.signal = number }
        // Taken: whoever asks a second time does not want to wait for order.
        return self.handler.take().map { .call($0) } ?? .exit(ExitStatus(signal: number))
    }
}
