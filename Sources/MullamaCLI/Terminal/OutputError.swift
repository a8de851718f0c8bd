import Foundation

/// Why text could not be written.
enum OutputError: Error, Equatable {
    /// The reader has gone, as `head` does when it has seen enough.
    case closed
    /// The system refused, with its `errno`.
    case failed(Int32)

    init(errno number: Int32) {
        self = number == EPIPE ? .closed : .failed(number)
    }
}
