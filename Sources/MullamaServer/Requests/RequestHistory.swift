import Mullama

/// The requests that are on their way, and the last that have ended.
struct RequestHistory {
    /// In the order in which requests came.
    typealias Number = UInt64

    private struct Generation: Hashable {
        let model: LoadID
        let number: UInt64
    }

    /// Ended requests that are remembered.
    static let limit = 1000

    private var last: Number = 0
    private var running: [Number: LoggedRequest] = [:]
    /// A ring: `oldest` is where the next one goes once it is full.
    private var ended: [(number: Number, request: LoggedRequest)] = []
    private var oldest = 0
    /// Where in the ring a request is.
    private var places: [Number: Int] = [:]
    /// Whose answers are still on their way. The engine may be done with one after its request has ended.
    private var owners: [Generation: Number] = [:]

    /// On their way, in the order in which they came.
    var live: [(number: Number, request: LoggedRequest)] {
        self.running.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The last that have ended, the latest first.
    var finished: [LoggedRequest] {
        (self.ended[self.oldest...] + self.ended[..<self.oldest]).reversed().map(\.request)
    }

    mutating func begin(_ request: LoggedRequest) -> Number {
        self.last += 1
        self.running[self.last] = request
        return self.last
    }

    subscript(_ number: Number) -> LoggedRequest? {
        get { self.running[number] ?? self.places[number].map { self.ended[$0].request } }
        set {
            guard let newValue else { return }
            if self.running[number] != nil {
                self.running[number] = newValue
            } else if let place = self.places[number] {
                self.ended[place].request = newValue
            }
        }
    }

    /// The request's answers are on their way.
    ///
    /// - Parameter choices: Answers to each prompt.
    mutating func answers(_ number: Number, with generations: [UInt64], choices: Int = 1) {
        guard let model = self[number]?.model else { return }
        self[number]?.answers = generations.enumerated().map { index, generation in
            LoggedRequest.Answer(generation: generation, prompt: index / max(1, choices))
        }
        for generation in generations { self.owners[Generation(model: model.load, number: generation)] = number }
    }

    /// A generation has ended. One of nobody's is passed over, and so is what is told twice.
    mutating func ended(_ record: GenerationRecord, of model: LoadID) {
        guard let number = self.owners.removeValue(forKey: Generation(model: model, number: record.id)) else { return }
        guard let index = self[number]?.answers.firstIndex(where: { $0.generation == record.id }) else { return }
        self[number]?.answers[index].record = record
    }

    mutating func end(_ number: Number, after duration: Duration) {
        guard var request = self.running.removeValue(forKey: number) else { return }
        request.duration = duration
        guard self.ended.count == Self.limit else {
            self.places[number] = self.ended.count
            return self.ended.append((number, request))
        }
        self.forget(self.ended[self.oldest])
        self.places[number] = self.oldest
        self.ended[self.oldest] = (number, request)
        self.oldest = (self.oldest + 1) % Self.limit
    }

    private mutating func forget(_ old: (number: Number, request: LoggedRequest)) {
        self.places[old.number] = nil
        guard let model = old.request.model else { return }
        for answer in old.request.answers where answer.record == nil {
            self.owners[Generation(model: model.load, number: answer.generation)] = nil
        }
    }

    /// The latest request of the name, those on their way first.
    func find(_ id: String) -> Number? {
        if let number = self.running.filter({ $0.value.id == id }).keys.max() { return number }
        return self.ended.filter { $0.request.id == id }.map(\.number).max()
    }

    /// Whose answer a generation is.
    func owner(of generation: UInt64, of model: LoadID) -> LoggedRequest? {
        func isOwner(_ request: LoggedRequest) -> Bool {
            request.model?.load == model && request.answers.contains { $0.generation == generation }
        }
        return self.running.values.first(where: isOwner) ?? self.finished.first(where: isOwner)
    }
}
