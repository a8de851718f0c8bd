import Foundation

/// The threads that llama.cpp computes with.
enum ComputeThreads {
    /// Gives back the threads that were started for computing on behalf of the calling thread. The next computation starts them again.
    ///
    /// OpenMP keeps a team for each thread that has ever computed, and counts idle ones, too. With more of them than cores, GNU's library no longer
    /// spins at barriers but sleeps and is woken, some hundred times a token: a second model that does nothing makes the first one 2.3 to 3
    /// times slower (`docs/decisions/0003-threads.md`). A team that is let go of costs 0.1 ms, and no longer spins after its last barrier either.
    static func release() {
        guard let pause else { return }
        ExitGuard.computing { _ = pause(Self.soft) }
    }

    /// `omp_pause_soft` of OpenMP 5.0.
    private static let soft: CInt = 1

    /// Nil where llama.cpp does not compute with GNU's OpenMP: LLVM's pauses all threads of the process, whoever they belong to.
    private static let pause: (@convention(c) (CInt) -> CInt)? = {
        #if os(Linux)
        guard dlsym(nil, "GOMP_parallel") != nil, dlsym(nil, "__kmpc_fork_call") == nil,
            let symbol = dlsym(nil, "omp_pause_resource_all")
        else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) (CInt) -> CInt).self)
        #else
        return nil
        #endif
    }()
}
