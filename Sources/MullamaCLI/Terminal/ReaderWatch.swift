import Foundation

/// Notices that the reader of a pipe has gone before anything is written to it: a long prompt would be computed for nobody.
enum ReaderWatch {
    /// Calls the handler once, on a thread of its own, when the reader has gone. Does nothing for what is no pipe or socket.
    static func start(_ descriptor: Int32, _ handler: @escaping @Sendable () -> Void) {
        // Only these two have no position, beside terminals.
        guard lseek(descriptor, 0, SEEK_CUR) == -1, errno == ESPIPE, isatty(descriptor) == 0 else { return }
        Thread.detachNewThread {
            // No events asked for: only errors and the other end's leaving are reported.
            var watched = pollfd(fd: descriptor, events: 0, revents: 0)
            while poll(&watched, 1, -1) < 0 {
                guard errno == EINTR else { return }
            }
            if watched.revents & Int16(POLLERR | POLLHUP) != 0 { handler() }
        }
    }
}
