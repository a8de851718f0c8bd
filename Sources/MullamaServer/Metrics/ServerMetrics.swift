package import Metrics

/// What the daemon counts. docs/metrics.md has all of it in a table.
package struct ServerMetrics: Sendable {
    private struct Endpoint: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    private struct EndpointHandles {
        var count: Counter
        var duration: Timer
    }

    private struct ModelHandles {
        var metrics: ModelMetrics
        var loads: Counter
        var failedLoads: Counter
        var unloads: Counter
        var loadTime: Timer
    }

    /// A client may send any word as its method; it may not make a series of each.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private let inFlight: Meter
    private let refusals: [RefusalReason: Counter]
    private let endpoints: HandleCache<Endpoint, EndpointHandles>
    private let sent: HandleCache<String, Counter>
    private let disconnects: HandleCache<String, Counter>
    private let models: HandleCache<String, ModelHandles>

    /// - Parameter factory: Where the handles come from; a ``PrometheusRegistry`` made with ``descriptions``, for one.
    package init(factory: any MetricsFactory) {
        self.inFlight = Self.inFlight.meter(in: factory)
        // They are there from the start: what appears with its first refusal has no rate until the second.
        self.refusals = Dictionary(
            uniqueKeysWithValues: RefusalReason.allCases.map { ($0, Self.refusals.counter($0.rawValue, in: factory)) }
        )
        self.endpoints = HandleCache { endpoint in
            EndpointHandles(
                count: Self.requests.counter(endpoint.route, endpoint.method, "\(endpoint.status)", in: factory),
                duration: Self.requestDuration.timer(endpoint.route, endpoint.method, in: factory)
            )
        }
        self.sent = HandleCache { Self.sentBytes.counter($0, in: factory) }
        self.disconnects = HandleCache { Self.disconnects.counter($0, in: factory) }
        self.models = HandleCache { model in
            ModelHandles(
                metrics: ModelMetrics(model: model, in: factory),
                loads: Self.modelLoads.counter(model, "loaded", in: factory),
                failedLoads: Self.modelLoads.counter(model, "failed", in: factory),
                unloads: Self.modelUnloads.counter(model, in: factory),
                loadTime: Self.modelLoadTime.timer(model, in: factory)
            )
        }
    }

    // MARK: HTTP

    /// The head of a request is there. Each call is followed by one of ``requestOver()``, however the request ends.
    package func requestBegan() {
        self.inFlight.increment()
    }

    package func requestOver() {
        self.inFlight.decrement()
    }

    /// A request was answered, to the last byte.
    ///
    /// - Parameter route: The pattern of the route, never the path: a metric has a series for each.
    package func request(route: String, method: String, status: Int, duration: Duration) {
        let method = Self.methods.contains(method) ? method : "other"
        let handles = self.endpoints[Endpoint(route: route, method: method, status: status)]
        handles.count.increment()
        handles.duration.record(duration: duration)
    }

    /// So many bytes of an answer's body went out.
    package func sent(bytes: Int, route: String) {
        self.sent[route].increment(by: bytes)
    }

    /// A client left before its answer had ended.
    package func disconnected(route: String) {
        self.disconnects[route].increment()
    }

    /// A request was refused before any work was done for it.
    package func refused(reason: RefusalReason) {
        self.refusals[reason]?.increment()
    }

    // MARK: Models

    /// What is counted of a model's generations.
    ///
    /// - Parameter name: As the server calls the model, never as a client wrote it: a metric has a series for each.
    package func model(_ name: String) -> ModelMetrics {
        self.models[name].metrics
    }

    package func modelLoaded(_ name: String, after time: Duration) {
        self.models[name].loads.increment()
        self.models[name].loadTime.record(duration: time)
    }

    package func modelLoadFailed(_ name: String) {
        self.models[name].failedLoads.increment()
    }

    package func modelUnloaded(_ name: String) {
        self.models[name].unloads.increment()
    }
}
