public import InferenceCore

extension AsyncModel {
    /// The requests that come from now on, each when it has ended, for `mullama replay`.
    ///
    /// An entry says when a request came, how long its prompt and its answer were, its limits, and which prompts begin alike: blocks of 16
    /// tokens have names that tell nothing of their text. Calls that end before the engine has seen them have none.
    ///
    /// Times count from this call. Each call is a trace of its own. It ends when the model is closed or freed; leaving the loop ends the
    /// recording. If the reader is 10,000 entries behind, the oldest are lost.
    public func trace() -> AsyncStream<TraceEntry> {
        let (stream, outlet) = AsyncStream.makeStream(of: TraceEntry.self, bufferingPolicy: .bufferingNewest(TraceRecorder.backlog))
        let start = self.host.engine.clock.now()
        if !self.host.engine.send({ $0.record(to: outlet, since: start) }) { outlet.finish() }
        return stream
    }
}
