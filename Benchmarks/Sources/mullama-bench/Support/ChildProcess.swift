import Foundation

/// A program in a process of its own, with a pipe to it and one from it.
///
/// Not Foundation's `Process`: that hands down the signals which the calling thread blocks, and on the threads of Swift's tasks those are nearly
/// all, so that a shell never learns that its child has ended.
struct ChildProcess: Sendable {
    let input: FileHandle
    let output: FileHandle
    private let id: pid_t

    init(_ program: String, _ arguments: [String]) throws {
        let (input, output) = (Pipe(), Pipe())
        var actions: posix_spawn_file_actions_t = .init()
        var attributes: posix_spawnattr_t = .init()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let ours = [input.fileHandleForWriting, output.fileHandleForReading]
        for handle in ours + [input.fileHandleForReading, output.fileHandleForWriting] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        posix_spawn_file_actions_adddup2(&actions, input.fileHandleForReading.fileDescriptor, 0)
        posix_spawn_file_actions_adddup2(&actions, output.fileHandleForWriting.fileDescriptor, 1)
        var (none, all): (sigset_t, sigset_t) = (.init(), .init())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, program, &actions, &attributes, &words, environ)
        guard code == 0 else { throw BenchError("\(program) does not start: \(String(cString: strerror(code)))") }
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
        self.id = id
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
    }

    /// Reads what it says until it has ended.
    func outputUntilEnd() async -> String {
        let (output, id) = (self.output, self.id)
        return await OwnThread.run {
            let data = (try? output.readToEnd()) ?? Data()
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            return String(decoding: data, as: UTF8.self)
        }
    }
}
