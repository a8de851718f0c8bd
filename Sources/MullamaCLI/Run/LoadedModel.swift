import Mullama

/// Loads models with a progress bar.
enum LoadedModel {
    /// - Returns: The model, and how long loading took.
    static func load(_ nameOrPath: String, _ params: ModelParams) async throws -> (model: AsyncModel, time: Duration) {
        let progress = ProgressLine("Loading \(nameOrPath)")
        defer { progress.erase() }
        let start = ContinuousClock.now
        let model = try await AsyncModel.load(nameOrPath, params) { progress.show($0) }
        return (model, ContinuousClock.now - start)
    }
}
