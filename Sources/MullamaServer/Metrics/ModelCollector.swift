import Mullama

/// What the models of a server say of themselves when a page of metrics is read. All of it is there already: nobody waits for an engine.
enum ModelCollector {
    static func families(_ models: ModelRegistry) -> [MetricFamily] {
        let loaded = models.loaded
        let ready = loaded.compactMap { loaded in loaded.model.map { (name: loaded.reference.name, model: $0, live: $0.generations) } }
        let waiting: Set<GenerationPhase> = [.tokenizing, .queued, .suspended]
        return [
            ServerMetrics.modelReady.family(loaded.map { ([$0.reference.name], $0.model == nil ? 0 : 1) }),
            ServerMetrics.modelBytes.family(loaded.map { ([$0.reference.name], Double($0.memory)) }),
            ServerMetrics.budgetBytes.family([([], Double(models.memoryBudget))]),
            ServerMetrics.cacheBytes.family(ready.map { ([$0.name], Double($0.model.cacheBytes)) }),
            ServerMetrics.cacheTokens.family(
                ready.flatMap { name, model, _ in
                    let use = model.cacheUse
                    return [("busy", use.busyTokens), ("warm", use.warmTokens), ("kept", use.keptTokens)].map { ([name, $0], Double($1)) }
                }
            ),
            ServerMetrics.cacheCells.family(ready.map { ([$0.name], Double($0.model.cacheUse.cells)) }),
            ServerMetrics.queueLength.family(
                ready.map { ([$0.name], Double($0.live.count { waiting.contains($0.phase) })) }
            ),
            ServerMetrics.running.family(
                ready.map { ([$0.name], Double($0.live.count { !waiting.contains($0.phase) })) }
            ),
            ServerMetrics.engineBusy.family(ready.map { ([$0.name], ($0.model.busyTime ?? .zero) / .seconds(1)) }),
            ServerMetrics.engineRestarts.family(ready.map { ([$0.name], Double($0.model.metrics.engineRestarts)) }),
        ]
    }
}
