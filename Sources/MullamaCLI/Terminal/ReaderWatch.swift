import Foundation

/// Notices that the reader of a pipe has gone before anything is written to it: a long prompt would be computed for nobody.
enum ReaderWatch {
    /// Calls the handler once, on a thread of its own, when the reader has gone. Does nothing for what is no pipe or socket.
    static func start(_ descriptor: Int32, _ handler: @escaping @Sendable () -> Void) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFIFO || kind == S_IFSOCK else { return }
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
