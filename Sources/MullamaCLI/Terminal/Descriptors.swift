import Foundation

/// The three descriptors that every program starts with.
enum Descriptors {
    /// Puts something in the place of those that are closed: the next file that is opened would take their numbers, and would be written to
    /// instead of standard output.
    static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // Standard output only for reading: writing the answer fails then, as it should.
            _ = Foundation.open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
