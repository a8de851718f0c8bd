extension TuningCandidate {
    /// Whether a workload can tell the candidate from others: with prompts that are shorter than its rows it cannot.
    func differs(from defaults: EngineSettings, in load: TuningWorkload) -> Bool {
        guard self.settings.microBatch != defaults.microBatch else { return true }
        let longest = max(load.prompt, load.deepPrompt)
        return min(self.settings.microBatch, longest) != min(defaults.microBatch, longest)
    }

    /// What is worth trying: the defaults, and what differs from them in one thing. In the order of what matters most, since time may run out.
    ///
    /// - Parameters:
    ///   - types: Cache types that are shown beside the one that is tuned for.
    static func all(_ cacheType: CacheType, cores: Int, showing types: [CacheType] = []) -> [TuningCandidate] {
        let defaults = EngineSettings(cacheType: cacheType, threads: cores)
        func changed<T>(_ keyPath: WritableKeyPath<EngineSettings, T>, _ value: T) -> EngineSettings {
            var settings = defaults
            settings[keyPath: keyPath] = value
            return settings
        }
        var candidates = [TuningCandidate("defaults", defaults)]
        if !defaults.flashAttention { candidates.append(TuningCandidate("flash attention on", changed(\.flashAttention, true))) }
        candidates.append(TuningCandidate("unified cells", changed(\.cacheLayout, .unified)))
        // Two hardware threads of a core share its arithmetic, so half of them may do as much.
        for threads in Set([(cores + 1) / 2, cores - 1]).sorted() where threads >= 1 && threads < cores {
            candidates.append(TuningCandidate(threads == 1 ? "1 thread" : "\(threads) threads", changed(\.threads, threads)))
        }
        for rows in [64, 128, 512] { candidates.append(TuningCandidate("\(rows) rows", changed(\.microBatch, rows))) }
        for type in types where type != cacheType {
            candidates.append(TuningCandidate("\(type.rawValue) cache", changed(\.cacheType, type), isChoosable: false))
        }
        return candidates
    }
}
