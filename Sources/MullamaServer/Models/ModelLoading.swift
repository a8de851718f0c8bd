package import Mullama

/// How models come into memory. Tests have their own.
package protocol ModelLoading: Sendable {
    /// Bytes that the model counts with in the memory budget, from its file's header.
    func memoryNeed(of reference: ModelReference, _ params: ModelParams) async throws -> Int

    /// - Parameter onProgress: Called with the part that is loaded, 0 to 1.
    /// - Throws: `CancellationError` when the task is cancelled; what was loaded is freed then.
    func load(
        _ reference: ModelReference,
        _ params: ModelParams,
        onProgress: @escaping @Sendable (Double) -> Void
    ) async throws -> AsyncModel
}
