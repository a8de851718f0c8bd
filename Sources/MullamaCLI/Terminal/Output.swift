import Foundation

/// Standard output or standard error, written without a buffer, so that text is seen when it comes.
final class Output: Sendable {
    static let standard = Output(STDOUT_FILENO, interruption: Interruption.shared.descriptor)
    static let error = Output(STDERR_FILENO, interruption: Interruption.shared.descriptor)

    /// What a pipe that `poll` calls writable takes without blocking.
    private static let piece = Int(PIPE_BUF)

    let descriptor: Int32
    let isTerminal: Bool
    private let interruption: Int32
    private let queue = DispatchQueue(label: "mullama-output")

    /// - Parameter interruption: A descriptor that becomes readable when a write that waits for its reader should give up.
    init(_ descriptor: Int32, interruption: Int32) {
        self.descriptor = descriptor
        self.isTerminal = isatty(descriptor) == 1
        self.interruption = interruption
    }

    /// Writes all of the text; blocks while the reader does not read.
    ///
    /// - Throws: ``OutputError``. `CancellationError` if the reader kept it waiting and the user interrupted.
    func write(_ text: String) throws {
        var text = self.isTerminal ? TerminalFilter.clean(text) : text
        try text.withUTF8 { try self.write(UnsafeRawBufferPointer($0)) }
    }

    /// The same for asynchronous callers: the waiting is done on a thread of its own.
    func send(_ text: String) async throws {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(with: Result { try self.write(text) })
            }
        }
    }

    /// Puts control sequences on a terminal, past the filter. Failing is no harm.
    func control(_ sequence: String) {
        var sequence = sequence
        sequence.withUTF8 { try? self.write(UnsafeRawBufferPointer($0)) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try self.waitUntilWritable()
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.piece))
            let count = Foundation.write(self.descriptor, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                throw OutputError(errno: errno)
            }
        }
    }

    private func waitUntilWritable() throws {
        var descriptors = [
            pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: self.interruption, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&descriptors, nfds_t(descriptors.count), -1) < 0 {
            guard errno == EINTR else { return }
        }
        // Errors count as writable: the write itself then says what is wrong.
        if descriptors[0].revents == 0 { throw CancellationError() }
    }
}
