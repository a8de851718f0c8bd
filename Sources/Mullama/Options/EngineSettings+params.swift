import Foundation

extension EngineSettings {
    /// What a load without a word about settings takes on this machine.
    static func standard(_ cacheType: CacheType, threads: Int? = nil) -> EngineSettings {
        EngineSettings(cacheType: cacheType, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// What the caller has set, before what was measured, before the defaults.
    ///
    /// - Parameter record: What was measured for the caller's model and cache type, if anything was.
    static func inForce(_ params: ModelParams, _ record: TuningRecord?) -> (settings: EngineSettings, origin: SettingsOrigin) {
        var settings = record?.settings ?? .standard(params.cacheType)
        var origin = SettingsOrigin(measured: record?.measured)
        func take<T>(_ value: T?, as keyPath: WritableKeyPath<EngineSettings, T>, _ name: String) {
            guard let value else { return }
            settings[keyPath: keyPath] = value
            origin.given.append(name)
        }
        take(params.threads, as: \.threads, "threads")
        take(params.flashAttention, as: \.flashAttention, "flashAttention")
        take(params.cacheLayout, as: \.cacheLayout, "cacheLayout")
        take(params.microBatch, as: \.microBatch, "microBatch")
        return (settings, origin)
    }
}
