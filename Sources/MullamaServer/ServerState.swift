import Foundation
import Mullama

/// What all operations share.
struct ServerState: Sendable {
    let settings: ServerSettings
    let models: ModelRegistry
    let requests = RequestLog()
    /// What `/metrics` shows.
    let registry: PrometheusRegistry
    let metrics: ServerMetrics
    let defaultModel = DefaultModelWatch()
    let connections = OpenConnections()
    let admission: Admission
    let bodies: BodyMemory

    /// - Parameter registry: Where all is counted. It gets what the server's models tell, and must be this server's alone.
    init(
        settings: ServerSettings,
        models: ModelRegistry,
        registry: PrometheusRegistry = PrometheusRegistry(descriptions: ServerMetrics.descriptions)
    ) {
        self.settings = settings
        self.models = models
        self.registry = registry
        self.metrics = ServerMetrics(factory: registry)
        self.admission = Admission(
            AdmissionLimits(
                parallel: models.params.parallel,
                queue: settings.queueLimit,
                total: settings.concurrencyLimit,
                perKey: settings.keyConcurrencyLimit
            )
        )
        self.bodies = BodyMemory(limit: max(settings.bodyMemory, settings.bodyLimit))
        self.watch()
    }

    var inference: Inference {
        Inference(models: self.models, requests: self.requests, admission: self.admission, metrics: self.metrics)
    }

    /// Whether requests can be sent here.
    var readiness: Readiness { self.admission.isDraining ? .draining : self.defaultModel.readiness(self.models) }

    private func watch() {
        let (metrics, requests, models, defaultModel) = (self.metrics, self.requests, self.models, self.defaultModel)
        self.registry.collect { [weak models] in models.map(ModelCollector.families) ?? [] }
        let process = ProcessCollector(start: .now)
        self.registry.collect { process.families }
        models.observe { [weak models] event in
            if let models { defaultModel.take(event, in: models) }
            switch event {
            case .failed(let reference): metrics.modelLoadFailed(reference.name)
            case .unloaded(let reference): metrics.modelUnloaded(reference.name)
            case .loaded(let reference, let model, let time):
                metrics.modelLoaded(reference.name, after: time)
                let counted = metrics.model(reference.name)
                let load = model.loadID
                model.observe { event in
                    counted.take(event)
                    if case .ended(let record, _, _) = event { requests.ended(record, of: load) }
                }
            }
        }
    }
}
