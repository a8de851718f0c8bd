import Mullama

/// Reading and writing JSON, where it is long off Swift's cooperative pool: megabytes take as long as many steps of the engine, and meanwhile
/// neither a stream nor `/health` would get a thread.
enum LongJSON {
    /// From so many bytes on it is done on a thread of its own.
    static let limit = 256 << 10

    /// - Parameter bytes: About how much there is to read or write.
    static func perform<R: Sendable>(bytes: Int, _ work: @escaping @Sendable () throws -> R) async throws -> R {
        guard bytes >= self.limit else { return try work() }
        return try await InferenceThread.performOnce(name: "mullama-json", work)
    }
}
