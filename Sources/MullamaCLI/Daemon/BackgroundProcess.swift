import Foundation
import Mullama

/// A program that goes on when this one and its terminal are gone.
struct BackgroundProcess {
    #if canImport(Darwin)
    private static let newSession = Int32(POSIX_SPAWN_SETSID)
    #else
    // glibc and musl have it, in a part of their headers that Swift does not see.
    private static let newSession: Int32 = 0x80
    #endif

    let id: pid_t

    /// Starts this program anew, with other arguments, in a session of its own.
    ///
    /// - Parameter output: Takes its standard output and standard error.
    /// - Throws: ``MullamaError/Code/ioFailed``.
    init(_ arguments: [String], output: Int32) throws(MullamaError) {
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        var actions: posix_spawn_file_actions_t = .init()
        var attributes: posix_spawnattr_t = .init()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // The signals that this process waits for itself.
        var (none, all): (sigset_t, sigset_t) = (.init(), .init())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Self.newSession))
        let words = ([program] + arguments).map { strdup($0) }
        let variables = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") }
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, program, &actions, &attributes, words + [nil], variables + [nil])
        guard code == 0 else {
            throw MullamaError(.ioFailed, "\(program) does not start: \(String(cString: strerror(code)))", underlying: Int(code))
        }
        self.id = id
    }

    /// The status that it ended with, 128 and the number of the signal that ended it; nil as long as it runs.
    func ending() -> Int32? {
        var status: Int32 = 0
        guard waitpid(self.id, &status, WNOHANG) == self.id else { return nil }
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}
