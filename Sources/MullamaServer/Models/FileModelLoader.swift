package import Mullama

/// Loads models from their files.
package struct FileModelLoader: ModelLoading {
    package init() {}

    package func memoryNeed(of reference: ModelReference, _ params: ModelParams) async throws -> Int {
        try await InferenceThread.performOnce(name: "mullama-header") {
            try MemoryEstimate(modelAt: reference.url, params, parallel: 1).total
        }
    }

    package func load(
        _ reference: ModelReference,
        _ params: ModelParams,
        onProgress: @escaping @Sendable (Double) -> Void
    ) async throws -> AsyncModel {
        try await AsyncModel.load(contentsOf: reference.url, params, onProgress: onProgress)
    }
}
