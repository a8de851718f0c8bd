extension ServerMetrics {
    static let requests = MetricDescription.counter(
        "mullama_http_requests_total",
        by: ["route", "method", "status"],
        "HTTP requests that were answered."
    )
    static let requestDuration = MetricDescription.histogram(
        "mullama_http_request_duration_seconds",
        by: ["route", "method"],
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
        "From the head of an HTTP request to the last byte of its answer."
    )
    static let inFlight = MetricDescription.gauge(
        "mullama_http_requests_in_flight",
        "HTTP requests that are being answered."
    )
    static let sentBytes = MetricDescription.counter(
        "mullama_http_sent_bytes_total",
        by: ["route"],
        "Bytes of the bodies of answers."
    )
    static let disconnects = MetricDescription.counter(
        "mullama_http_disconnects_total",
        by: ["route"],
        "Clients that left before their answer had ended."
    )
    static let refusals = MetricDescription.counter(
        "mullama_refusals_total",
        by: ["reason"],
        "Requests that were refused before any work was done for them."
    )
    static let timeToFirstToken = MetricDescription.histogram(
        "mullama_time_to_first_token_seconds",
        by: ["model"],
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
        "From a request's head, a load of its model included, to the first token of a generation (TTFT)."
    )
    static let interToken = MetricDescription.histogram(
        "mullama_inter_token_seconds",
        by: ["model"],
        [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5],
        "From one token of an answer to the next."
    )
    static let queueTime = MetricDescription.histogram(
        "mullama_queue_seconds",
        by: ["model"],
        [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
        "From a request's head, a load of its model included, to the first step that computed for a generation, or to its end if there was none."
    )
    static let duration = MetricDescription.histogram(
        "mullama_generation_duration_seconds",
        by: ["model"],
        [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
        "From a request's head, a load of its model included, to the end of a generation, of those that came to one."
    )
    static let cancelLatency = MetricDescription.histogram(
        "mullama_cancel_latency_seconds",
        by: ["model"],
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5],
        "From a cancel, a client that left or a deadline until the slot was free for another request."
    )
    static let promptTokens = MetricDescription.counter(
        "mullama_prompt_tokens_total",
        by: ["model"],
        "Tokens of prompts, once for each generation, those found in the cache among them."
    )
    static let cachedTokens = MetricDescription.counter(
        "mullama_cached_tokens_total",
        by: ["model"],
        "Tokens of prompts that were found computed, once for each generation."
    )
    static let completionTokens = MetricDescription.counter(
        "mullama_completion_tokens_total",
        by: ["model"],
        "Tokens that were generated."
    )
    static let generations = MetricDescription.counter(
        "mullama_generations_total",
        by: ["model", "reason"],
        "Generations that have ended, by what ended them."
    )
    static let embeddedTexts = MetricDescription.counter(
        "mullama_embedded_texts_total",
        by: ["model"],
        "Texts that were made into vectors."
    )
    static let embeddedTokens = MetricDescription.counter(
        "mullama_embedded_tokens_total",
        by: ["model"],
        "Tokens of texts that were made into vectors."
    )
    static let embeddingDuration = MetricDescription.histogram(
        "mullama_embedding_duration_seconds",
        by: ["model"],
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
        "From a request's head, a load of its model included, to the last of its vectors, of requests that got them."
    )
    static let modelLoads = MetricDescription.counter(
        "mullama_model_loads_total",
        by: ["model", "outcome"],
        "Loads of models that ended: loaded or failed."
    )
    static let modelUnloads = MetricDescription.counter(
        "mullama_model_unloads_total",
        by: ["model"],
        "Models that were taken out of memory."
    )
    static let modelLoadTime = MetricDescription.histogram(
        "mullama_model_load_seconds",
        by: ["model"],
        [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
        "How long models took to load, of those that did."
    )

    // MARK: Read from snapshots

    static let modelReady = MetricDescription.gauge(
        "mullama_model_ready",
        by: ["model"],
        "1 for a model in memory, 0 for one on its way in or out."
    )
    static let modelBytes = MetricDescription.gauge(
        "mullama_model_memory_bytes",
        by: ["model"],
        "What a model counts with in the memory budget: weights, buffers and the cache of one context."
    )
    static let budgetBytes = MetricDescription.gauge(
        "mullama_memory_budget_bytes",
        "What all models together may take."
    )
    static let cacheBytes = MetricDescription.gauge(
        "mullama_cache_bytes",
        by: ["model"],
        "What the KV cache of a model takes now, with the buffers beside it."
    )
    static let cacheTokens = MetricDescription.gauge(
        "mullama_cache_tokens",
        by: ["model", "state"],
        "Tokens of requests that have a slot (busy), in slots for later prompts (warm), and kept outside of the cache (kept)."
    )
    static let cacheCells = MetricDescription.gauge(
        "mullama_cache_cells",
        by: ["model"],
        "Tokens that the KV cache has room for now, all slots together."
    )
    static let queueLength = MetricDescription.gauge(
        "mullama_queue_length",
        by: ["model"],
        "Generations that wait for a slot, those that gave theirs up among them."
    )
    static let running = MetricDescription.gauge(
        "mullama_generations_running",
        by: ["model"],
        "Generations that have a slot."
    )
    static let engineBusy = MetricDescription.gauge(
        "mullama_engine_busy_seconds",
        by: ["model"],
        "How long the engine has been at its present step; 0 while it has nothing to do."
    )
    static let engineRestarts = MetricDescription.counter(
        "mullama_engine_restarts_total",
        by: ["model"],
        "How often the engine of a model was started anew after a fault, since the model was loaded."
    )

    // MARK: Of the process, by the names that Prometheus' own libraries use

    static let residentBytes = MetricDescription.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.")
    static let cpuTime = MetricDescription.counter("process_cpu_seconds_total", "Processor time of the process, all threads together.")
    static let openFiles = MetricDescription.gauge("process_open_fds", "Open files and sockets.")
    static let startTime = MetricDescription.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.")

    /// All of them, for the registry and the documentation.
    package static let descriptions = [
        requests, requestDuration, inFlight, sentBytes, disconnects, refusals,
        timeToFirstToken, interToken, queueTime, duration, cancelLatency,
        promptTokens, cachedTokens, completionTokens, generations,
        embeddedTexts, embeddedTokens, embeddingDuration,
        modelLoads, modelUnloads, modelLoadTime,
        modelReady, modelBytes, budgetBytes, cacheBytes, cacheTokens, cacheCells, queueLength, running, engineBusy, engineRestarts,
        residentBytes, cpuTime, openFiles, startTime,
    ]
}
