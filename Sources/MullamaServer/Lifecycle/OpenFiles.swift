import Foundation

/// How many files, connections among them, the process may have open.
enum OpenFiles {
    /// What is kept for everything that is no connection, such as models, the log and the engine's own, and for connections that are told that
    /// there are too many.
    private static let kept = 256
    /// What is asked for at least: more than the process needs costs nothing.
    private static let least = 4096

    /// Raises what the process may have open to more than so many connections need, as far as the system lets it: shells begin programs with few.
    ///
    /// - Returns: For how many connections it is enough.
    static func allow(connections: Int) -> Int {
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return connections }
        #if canImport(Darwin)
        // Where it says that there is no limit, this is one all the same.
        let most = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #else
        let most = limit.rlim_max
        #endif
        let wanted = min(most, rlim_t(clamping: max(Self.least, connections + Self.kept)))
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return min(connections, max(1, Int(clamping: limit.rlim_cur) - Self.kept))
    }
}
