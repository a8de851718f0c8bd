@testable import MullamaServer

/// A state with a clock, that speaks in words.
struct RegistryBench {
    var state: RegistryState
    var now = Duration.zero
    let needs: [String: Int]
    private var names: [RegistryState.Ticket: String] = [:]
    private var tickets: [String: RegistryState.Ticket] = [:]

    init(budget: Int, waitLimit: Duration = .seconds(30), _ needs: [String: Int] = ["a": 4, "b": 4, "c": 4]) {
        self.state = RegistryState(budget: budget, waitLimit: waitLimit)
        self.needs = needs
    }

    /// - Parameter call: The name of the call in what is returned.
    mutating func ask(
        _ model: String,
        as call: String,
        keepAlive: KeepAlive? = nil,
        usual: KeepAlive = .standard
    ) -> [String] {
        let need = self.needs[model] ?? 0
        let (ticket, actions) = self.state.ask(ModelKey(path: model), need: need, keepAlive: keepAlive, usual: usual, now: self.now)
        self.names[ticket] = call
        self.tickets[call] = ticket
        return self.words(actions)
    }

    mutating func cancel(_ call: String) -> [String] {
        self.tickets[call].map { self.state.cancel($0) }.map(self.words) ?? []
    }

    mutating func release(_ model: String) -> [String] {
        self.words(self.state.release(ModelKey(path: model), held: .seconds(4), now: self.now))
    }

    mutating func loaded(_ model: String) -> [String] { self.words(self.state.loaded(ModelKey(path: model), now: self.now)) }
    mutating func failed(_ model: String) -> [String] { self.words(self.state.failed(ModelKey(path: model))) }
    mutating func unloaded(_ model: String) -> [String] { self.words(self.state.unloaded(ModelKey(path: model))) }
    mutating func unload(_ model: String) -> [String] { self.words(self.state.unload(whenIdle: ModelKey(path: model), now: self.now)) }
    mutating func close() -> [String] { self.words(self.state.close()) }

    mutating func wait(_ time: Duration) -> [String] {
        self.now += time
        return self.words(self.state.advance(to: self.now))
    }

    /// Loads a model that nobody uses.
    mutating func keep(_ model: String, keepAlive: KeepAlive? = nil) {
        _ = self.ask(model, as: "loader", keepAlive: keepAlive)
        _ = self.loaded(model)
        _ = self.release(model)
    }

    private func words(_ actions: [RegistryState.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .load(let key): "load \(key.path)"
            case .cancelLoad(let key): "cancel \(key.path)"
            case .unload(let key): "unload \(key.path)"
            case .grant(let ticket, let key): "\(self.names[ticket] ?? "?") has \(key.path)"
            case .refuse(let ticket, let refusal): "\(self.names[ticket] ?? "?") \(Self.word(refusal))"
            }
        }
    }

    private static func word(_ refusal: RegistryState.Refusal) -> String {
        switch refusal {
        case .cancelled: "cancelled"
        case .closed: "closed"
        case .loadFailed: "failed"
        case .tooLarge(let need, let budget): "too large: \(need) of \(budget)"
        case .overloaded(let shortage):
            "overloaded: \(shortage.need) beside \(shortage.taken) of \(shortage.count) in \(shortage.budget)"
        }
    }
}
