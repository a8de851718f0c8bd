import Foundation
import Mullama
import Synchronization

/// The requests for answers that are on their way, and those that ended lately. Nobody who asks waits for an engine.
final class RequestLog: Sendable {
    private struct State {
        var history = RequestHistory()
        var cancellations: [RequestHistory.Number: CancellationToken] = [:]
        var models: [RequestHistory.Number: AsyncModel] = [:]
    }

    private let state = Mutex(State())

    // MARK: Reading

    /// On their way, in the order in which they came.
    var live: [RequestStatus] {
        let (live, models) = self.state.withLock { ($0.history.live, $0.models) }
        let now = ContinuousClock.now
        var generations: [LoadID: [UInt64: GenerationStatus]] = [:]
        return live.map { number, request in
            let model = models[number]
            if let model, generations[model.loadID] == nil {
                generations[model.loadID] = Dictionary(model.generations.map { ($0.id, $0) }) { first, _ in first }
            }
            let known = model.flatMap { generations[$0.loadID] } ?? [:]
            return RequestStatus(
                request: request,
                answers: request.answers.filter { $0.record == nil }.compactMap { known[$0.generation] },
                age: request.began.duration(to: now)
            )
        }
    }

    /// The last that have ended, the latest first.
    var finished: [RequestStatus] {
        self.state.withLock { $0.history.finished }.map {
            RequestStatus(request: $0, answers: [], age: $0.duration ?? .zero)
        }
    }

    /// The latest request of that name.
    func request(_ id: String) -> RequestStatus? {
        let (request, model) = self.state.withLock { state -> (LoggedRequest?, AsyncModel?) in
            guard let number = state.history.find(id) else { return (nil, nil) }
            return (state.history[number], state.models[number])
        }
        guard let request else { return nil }
        let open = Set(request.answers.filter { $0.record == nil }.map(\.generation))
        return RequestStatus(
            request: request,
            answers: model?.generations.filter { open.contains($0.id) } ?? [],
            age: request.duration ?? request.began.duration(to: .now)
        )
    }

    /// The request whose answer a generation of a model is.
    func owner(of generation: UInt64, of model: LoadID) -> String? {
        self.state.withLock { $0.history.owner(of: generation, of: model)?.id }
    }

    // MARK: Ending

    /// Ends all requests of that name that are on their way.
    ///
    /// - Returns: As they were; none if there is no such request.
    func cancel(_ id: String) -> [RequestStatus] {
        let cancelled = self.live.filter { $0.request.id == id }
        let tokens = self.state.withLock { state in
            state.history.live.filter { $0.request.id == id }.compactMap { state.cancellations[$0.number] }
        }
        for token in tokens { token.cancel() }
        return tokens.isEmpty ? [] : cancelled
    }

    // MARK: Writing

    /// - Parameter cancellation: What ends the request.
    func begin(_ context: ServerContext, priority: RequestPriority = .normal, cancellation: CancellationToken) -> Entry {
        let request = LoggedRequest(
            id: context.requestID,
            route: context.route,
            keyName: context.keyName,
            priority: priority,
            received: Date.now - (context.received.duration(to: .now) / .seconds(1)),
            began: context.received
        )
        let number = self.state.withLock { state in
            let number = state.history.begin(request)
            state.cancellations[number] = cancellation
            return number
        }
        let entry = Entry(number: number, log: self)
        context.notes.entry = entry
        return entry
    }

    /// A model's generation has ended.
    func ended(_ record: GenerationRecord, of model: LoadID) {
        self.state.withLock { $0.history.ended(record, of: model) }
    }

    /// One request of the log; it ends once.
    final class Entry: Sendable {
        private let number: RequestHistory.Number
        private let log: RequestLog

        fileprivate init(number: RequestHistory.Number, log: RequestLog) {
            self.number = number
            self.log = log
        }

        /// As it is now, without what runs.
        var request: LoggedRequest? { self.log.state.withLock { $0.history[self.number] } }

        /// The model is there.
        func found(_ lease: ModelLease) {
            self.log.state.withLock { state in
                state.history[self.number]?.model = .init(name: lease.reference.name, load: lease.model.loadID)
                state.history[self.number]?.loadTime = lease.loadTime
                state.models[self.number] = lease.model
            }
        }

        /// The answers are on their way.
        ///
        /// - Parameter choices: Answers to each prompt.
        func started(_ streams: [GenerationStream], choices: Int, on model: AsyncModel) {
            self.log.state.withLock { $0.history.answers(self.number, with: streams.map(\.id), choices: choices) }
            // Some may have ended before anybody knew whose they are.
            for stream in streams {
                if let record = model.record(of: stream.id) { self.log.ended(record, of: model.loadID) }
            }
        }

        /// Texts are on their way to the model.
        func embedding(texts: Int) {
            self.log.state.withLock { $0.history[self.number]?.embedding = EmbeddingWork(texts: texts) }
        }

        /// Their vectors are there.
        func embedded(tokens: Int, after duration: Duration) {
            self.log.state.withLock { state in
                state.history[self.number]?.embedding?.tokens = tokens
                state.history[self.number]?.embedding?.duration = duration
            }
        }

        /// The answer's head goes out.
        func answered(_ status: Int, error: APIError?) {
            self.log.state.withLock { state in
                state.history[self.number]?.status = status
                state.history[self.number]?.error = error
            }
        }

        /// The answer was broken off after its head.
        func failed(_ error: APIError) {
            self.log.state.withLock { $0.history[self.number]?.error = error }
        }

        /// Whether the engine has computed anything for it.
        var hasBegun: Bool {
            let (request, model) = self.log.state.withLock { ($0.history[self.number], $0.models[self.number]) }
            guard let request else { return false }
            if request.records.contains(where: { $0.timings.prefill > .zero || $0.usage.completionTokens > 0 }) { return true }
            let open = Set(request.answers.filter { $0.record == nil }.map(\.generation))
            return model?.generations.contains { open.contains($0.id) && $0.phase != .tokenizing && $0.phase != .queued } ?? false
        }

        /// The client left before the end of its answer.
        func clientLeft() {
            self.log.state.withLock { $0.history[self.number]?.isLeft = true }
        }

        func end() {
            // The model is not let go of under the lock: the end of its engine is told to this log.
            let model = self.log.state.withLock { state -> AsyncModel? in
                guard let began = state.history[self.number]?.began else { return nil }
                state.history.end(self.number, after: began.duration(to: .now))
                state.cancellations[self.number] = nil
                return state.models.removeValue(forKey: self.number)
            }
            withExtendedLifetime(model) {}
        }
    }
}
